import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({ scene: z.string(), seconds: z.number(), outputs: z.json() });
type Entry = z.infer<typeof entrySchema>;

/**
 * What the loop has done, one line per finished scene. A scene that was cut short has no line and runs again:
 * every step converges, so running it twice is the same as running it once.
 */
export class Journal {
  private readonly path: string;
  private readonly entries: Map<string, Entry>;

  private constructor(path: string, entries: Map<string, Entry>) {
    this.path = path;
    this.entries = entries;
  }

  static async open(path: string): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    const { text, entries } = await readEntries(path);
    // A line that a crash cut short would swallow the next one.
    if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
    return new Journal(path, entries);
  }

  /** Runs the scene, or answers what it answered before. Outputs must survive JSON. */
  async scene<Outputs extends z.core.util.JSONType>(scene: string, play: () => Promise<Outputs>): Promise<Outputs> {
    const known = this.entries.get(scene);
    if (known !== undefined) return known.outputs as Outputs;
    const start = performance.now();
    const outputs = await play();
    const entry: Entry = { scene, seconds: (performance.now() - start) / 1000, outputs };
    await appendFile(this.path, `${JSON.stringify(entry)}\n`);
    this.entries.set(scene, entry);
    return outputs;
  }

  has(scene: string): boolean {
    return this.entries.has(scene);
  }

  /** Seconds spent in finished scenes whose name starts with the prefix. */
  seconds(prefix: string): number {
    return [...this.entries.values()].filter((entry) => entry.scene.startsWith(prefix)).reduce((sum, entry) => sum + entry.seconds, 0);
  }

  /** Finished scenes, in the order they ended. */
  all(): readonly Entry[] {
    return [...this.entries.values()];
  }
}

async function readEntries(path: string): Promise<{ text: string; entries: Map<string, Entry> }> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const entries = new Map<string, Entry>();
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry !== undefined) entries.set(entry.scene, entry);
  }
  return { text, entries };
}

/** A line cut short by a crash is as if it had never been written. */
function parseLine(line: string): Entry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
