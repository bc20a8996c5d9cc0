import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { feedPeriod } from '../../../src/adapters/data-source/feed/feed-period.ts';
import { type FeedReader, linesAtOnce } from './feed-reader.ts';

interface KnownFile {
  /** Bytes that were read, whole lines. */
  read: number;
  size: number;
  modified: number;
}

const day = 86_400_000;
/** Files older than this are looked at again only now and then: events hardly ever come so late. */
const recent = 2 * 3_600_000;
const fullLookEvery = 600_000;
const lineFeed = 0x0a;

/**
 * A folder of files by minute, hour or day (feedPeriod says how they are named). A file may still grow: what follows its last line feed is read when it
 * is complete. A file that was written anew is read anew.
 * @param lookBack Milliseconds: older files are not read.
 */
export class FeedFolder implements FeedReader {
  readonly #folder: string;
  readonly #lookBack: number;
  readonly #known = new Map<string, KnownFile>();
  #lastFullLook = Number.NEGATIVE_INFINITY;

  constructor(folder: string, lookBack: number) {
    this.#folder = folder;
    this.#lookBack = lookBack;
  }

  async *poll(now: number): AsyncIterable<readonly string[]> {
    const full = now - this.#lastFullLook >= fullLookEvery;
    const earliest = full ? now - this.#lookBack : now - recent;
    for (const name of await this.#list(Math.floor(earliest / day) * day, now)) {
      const period = feedPeriod(name);
      if (period === undefined || period.from > now || period.to <= earliest) continue;
      yield* this.#news(name);
    }
    if (full) this.#lastFullLook = now;
    for (const name of this.#known.keys()) if ((feedPeriod(name)?.to ?? 0) < now - this.#lookBack) this.#known.delete(name);
  }

  async #list(from: number, to: number): Promise<string[]> {
    // A folder that is not there is a feed that is gone.
    await stat(this.#folder);
    const names: string[] = [];
    for (let begin = from; begin <= to; begin += day) {
      const of = new Date(begin).toISOString().slice(0, 10).replaceAll('-', '/');
      names.push(`${of}.jsonl`);
      for (const entry of await readdir(join(this.#folder, of)).catch(() => [])) names.push(`${of}/${entry}`);
    }
    return names.sort();
  }

  async *#news(name: string): AsyncIterable<readonly string[]> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return;
    const known = this.#known.get(name);
    if (known?.size === found.size && known.modified === found.mtimeMs) return;
    const start = known === undefined || found.size <= known.size ? 0 : known.read;
    const file = await open(path);
    let bytes: Buffer;
    try {
      bytes = Buffer.alloc(found.size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      bytes = bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
    const complete = bytes.lastIndexOf(lineFeed) + 1;
    const lines = bytes.toString('utf8', 0, complete).split('\n').filter((line) => line.trim() !== '');
    for (let first = 0; first < lines.length; first += linesAtOnce) yield lines.slice(first, first + linesAtOnce);
    this.#known.set(name, { read: start + complete, size: found.size, modified: found.mtimeMs });
  }
}
