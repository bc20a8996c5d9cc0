import type { Database } from './database.ts';
import { parquetOptions } from './parquet-options.ts';
import { quoteText } from './sql-text.ts';

/**
 * Writes the result of a query, in its order. One thread writes: several would cut the row groups as they happen to finish,
 * and the same rows would not give the same bytes.
 */
export async function writeParquet(database: Database, query: string, path: string): Promise<void> {
  await database.run('SET threads = 1');
  try {
    await database.run(`COPY (${query}) TO ${quoteText(path)} (${parquetOptions})`);
  } finally {
    await database.run('RESET threads');
  }
}
