import { readFile, stat } from 'node:fs/promises';
import { modelOperatingPoint, type OperatingPoint } from './operating-point.ts';
import { parseOperatingPoint } from './parse-operating-point.ts';
import type { LoadedModel } from '../model/load-model.ts';

/** `applied` a new record, or `refused` the file as it lies there. */
export type ReloadResult = 'applied' | 'refused';

export interface MountedOperatingPointOptions {
  readonly model: Pick<LoadedModel, 'digest' | 'description'>;
  /** The mounted file; undefined: the threshold of the model's metadata for good. */
  readonly path: string | undefined;
  /** Milliseconds between two looks at the file. */
  readonly interval: number;
  readonly onReload?: (result: ReloadResult, reason: string | undefined) => void;
}

/** A record is well under a kilobyte; what is larger is something else. */
const maximumBytes = 65_536;

/**
 * The operating point in force. A mounted file is looked at every `interval` (a ConfigMap is swapped by a symbolic link, which no watcher sees reliably) and
 * read only where its inode, time or size changed. What cannot be used is refused and said; the former point stays, whatever happens to the file.
 */
export class MountedOperatingPoint {
  readonly #options: MountedOperatingPointOptions;
  #current: OperatingPoint;
  #refused: string | undefined;
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: MountedOperatingPointOptions) {
    this.#options = options;
    this.#current = modelOperatingPoint(options.model.description);
  }

  /** Read once per request: all rows of an answer are decided alike. */
  get current(): OperatingPoint {
    return this.#current;
  }

  /** Why the file as it lies there is not used; undefined where all is well. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** Reads the file before the first request, then looks at it again and again. Never rejects. */
  async start(): Promise<void> {
    if (this.#options.path === undefined) return;
    await this.look();
    const again = (): void => {
      // A look may have been under way when it was stopped.
      if (this.#stopped) return;
      this.#timer = setTimeout(() => void this.look().then(again), this.#options.interval).unref();
    };
    again();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks at the file now. Never rejects. */
  async look(): Promise<void> {
    const { path } = this.#options;
    if (path === undefined) return;
    try {
      const { ino, mtimeMs, size } = await stat(path);
      const seen = `${ino} ${mtimeMs} ${size}`;
      if (seen === this.#seen) return;
      if (size > maximumBytes) throw new Error(`it has ${size} bytes, at most ${maximumBytes} are read`);
      this.#take(await readFile(path, 'utf8'));
      this.#seen = seen;
    } catch (error) {
      this.#seen = '';
      // Nothing is mounted yet: the model's own threshold is meant. Once a point held, its absence is no way to say another.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && this.#current.id === 'model') this.#refused = undefined;
      else this.#refuse(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #take(text: string): void {
    // An empty file is a mount that nobody has filled yet.
    if (text.trim() === '') {
      if (this.#current.id === 'model') this.#refused = undefined;
      else this.#refuse('it is empty');
      return;
    }
    const record = parseOperatingPoint(text);
    if ('malformed' in record) {
      this.#refuse(record.malformed);
      return;
    }
    const { digest } = this.#options.model;
    if (record.modelDigest !== digest) {
      this.#refuse(`it is bound to the model ${record.modelDigest} (version ${record.version}), and this service answers with ${digest}`);
      return;
    }
    this.#refused = undefined;
    if (record.id === this.#current.id) return;
    this.#current = { id: record.id, threshold: record.threshold, source: record.source };
    this.#options.onReload?.('applied', undefined);
  }

  #refuse(reason: string): void {
    if (reason === this.#refused) return;
    this.#refused = reason;
    this.#options.onReload?.('refused', `the operating point ${this.#options.path} is not used, because ${reason}`);
  }
}
