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

const lineFeed = Buffer.from('\n');

/** Sorts a file's rows into those that DuckDB can read and those that nobody can. */
export async function copyCleaned({ name, path }: FileToRead, folder: string): Promise<CsvCopy> {
  const stem = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const copy = { path: join(folder, `${stem}.csv`), rejected: join(folder, `${stem}.rejected.jsonl`) };
  const [rows, rejected] = [await open(copy.path, 'w'), await open(copy.rejected, 'w')];
  let pendingRows: Buffer[] = [];
  let pendingRejected = '';
  const add = (first: string, { bytes }: CsvRecord): void => {
    // An empty row of a single column would be no row to other readers. The bytes are valid only until the next ones are read.
    pendingRows.push(Buffer.from(`${first},`), bytes.length === 0 ? Buffer.from('""') : Buffer.from(bytes), lineFeed);
  };
  const flush = async (): Promise<void> => {
    await rows.write(Buffer.concat(pendingRows));
    await rejected.write(pendingRejected);
    pendingRows = [];
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
