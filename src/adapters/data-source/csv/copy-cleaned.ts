import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileFault, FileToRead } from '../file-source.ts';
import { lineColumn } from './csv-header.ts';
import type { CsvRecord } from './csv-records.ts';
import { type CsvScan, scanCsv, shownRow } from './scan-csv.ts';

export interface CsvCopy {
  /** The rows that can be read, each after its line number. */
  readonly path: string;
  /** The others, as JSON lines of file, line, reason and text. */
  readonly rejected: string;
  readonly scan: CsvScan;
  /** The first of the others, for people. */
  readonly firstBad: string | undefined;
}

/** Sorts a file's rows into those that DuckDB can read and those that nobody can, in one pass. */
export async function copyCleaned({ name, path }: FileToRead, folder: string): Promise<CsvCopy | FileFault> {
  const stem = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const copy = { path: join(folder, `${stem}.csv`), rejected: join(folder, `${stem}.rejected.jsonl`) };
  const [rows, rejected] = [await open(copy.path, 'w'), await open(copy.rejected, 'w')];
  const pending = new ByteQueue();
  let pendingRejected = '';
  let firstBad: string | undefined;
  const add = (first: string, { data, begin, end }: CsvRecord): void => {
    pending.text(first);
    // An empty row of a single column would be no row to other readers.
    if (begin === end) pending.text('""');
    else pending.bytes(data, begin, end);
    pending.text('\n');
  };
  const flush = async (): Promise<void> => {
    await rows.appendFile(pending.take());
    await rejected.appendFile(pendingRejected);
    pendingRejected = '';
  };
  try {
    const scan = await scanCsv(path, {
      header: (record) => add(`${lineColumn},`, record),
      row: (record) => add(`${record.line},`, record),
      bad: (record, reason) => {
        const { line } = record;
        const text = shownRow(record);
        firstBad ??= `line ${line} ${reason}: ${text}`;
        pendingRejected += `${JSON.stringify({ file: name, line, reason, text })}\n`;
      },
      pause: flush,
    });
    await flush();
    return 'fault' in scan ? scan : { ...copy, scan, firstBad };
  } finally {
    await rows.close();
    await rejected.close();
  }
}

/** One buffer for many small pieces: a piece of its own for each would cost more memory than the file. */
class ByteQueue {
  #buffer = Buffer.allocUnsafe(1 << 20);
  #length = 0;

  /** Of ASCII. */
  text(text: string): void {
    this.#demandRoom(text.length);
    for (let index = 0; index < text.length; index++) this.#buffer[this.#length++] = text.charCodeAt(index);
  }

  bytes(data: Buffer, begin: number, end: number): void {
    this.#demandRoom(end - begin);
    // A call of copy costs more than some bytes.
    if (end - begin > 128) this.#length += data.copy(this.#buffer, this.#length, begin, end);
    else for (let index = begin; index < end; index++) this.#buffer[this.#length++] = data[index] ?? 0;
  }

  /** What has been put in, valid until the next piece. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #demandRoom(length: number): void {
    if (this.#length + length <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
