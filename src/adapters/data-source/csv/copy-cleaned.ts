import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileToRead } from '../file-source.ts';
import { lineColumn } from './csv-header.ts';
import type { CsvRecord } from './csv-records.ts';
import { scanCsv } from './scan-csv.ts';

export interface CsvCopy {
  /** The rows that can be read, each after its line number. */
  readonly path: string;
  /** The others, as JSON lines of file, line, reason and text. */
  readonly rejected: string;
}

/** Sorts a file's rows into those that DuckDB can read and those that nobody can. */
export async function copyCleaned({ name, path }: FileToRead, folder: string): Promise<CsvCopy> {
  const stem = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const copy = { path: join(folder, `${stem}.csv`), rejected: join(folder, `${stem}.rejected.jsonl`) };
  const [rows, rejected] = [await open(copy.path, 'w'), await open(copy.rejected, 'w')];
  const pending = new ByteQueue();
  let pendingRejected = '';
  const add = (first: string, { bytes }: CsvRecord): void => {
    pending.text(`${first},`);
    // An empty row of a single column would be no row to other readers.
    if (bytes.length === 0) pending.text('""');
    else pending.bytes(bytes);
    pending.text('\n');
  };
  const flush = async (): Promise<void> => {
    await rows.appendFile(pending.take());
    await rejected.appendFile(pendingRejected);
    pendingRejected = '';
  };
  try {
    await scanCsv(path, {
      header: (record) => add(lineColumn, record),
      row: (record) => add(String(record.line), record),
      bad: ({ line }, reason, shown) => {
        pendingRejected += `${JSON.stringify({ file: name, line, reason, text: shown() })}\n`;
      },
      pause: flush,
    });
    await flush();
  } finally {
    await rows.close();
    await rejected.close();
  }
  return copy;
}

/** One buffer for many small pieces: a piece of its own for each would cost more memory than the file. */
class ByteQueue {
  #buffer = Buffer.allocUnsafe(1 << 20);
  #length = 0;

  /** Of ASCII. */
  text(text: string): void {
    this.#demandRoom(text.length);
    this.#length += this.#buffer.write(text, this.#length, 'latin1');
  }

  bytes(bytes: Buffer): void {
    this.#demandRoom(bytes.length);
    this.#length += bytes.copy(this.#buffer, this.#length);
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
