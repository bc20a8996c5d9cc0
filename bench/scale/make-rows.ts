import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../../src/data/sql-text.ts';
import { withRealFlights } from './real-flights.ts';

const rowsPerFile = 5_000_000;

/** Writes rows 0 to `rows` into files of five million below `folder`, which appears whole or not at all. */
export async function makeRows(rows: number, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const query = await readFile(join(import.meta.dirname, 'rows.sql'), 'utf8');
  await withRealFlights(async (database) => {
    for (let first = 0; first < rows; first += rowsPerFile) {
      const last = Math.min(rows, first + rowsPerFile);
      const path = join(draft, `rows-${String(first / rowsPerFile).padStart(3, '0')}.parquet`);
      await database.run(`COPY (${query.replaceAll('$first', String(first)).replaceAll('$last', String(last))}) TO ${quoteText(path)} (FORMAT parquet)`);
    }
  });
  await rename(draft, folder);
}

// As a process: node bench/scale/make-rows.ts <rows> <folder>
if (import.meta.main) {
  const [rows = '', folder = ''] = process.argv.slice(2);
  await makeRows(Number(rows), folder);
}
