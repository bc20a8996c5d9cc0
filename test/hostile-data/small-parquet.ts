import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Database, withDatabase } from '../../src/data/database.ts';
import { quoteText } from '../../src/data/sql-text.ts';

/** A whole file of a few hundred rows, of every type that sources have, with missing values. */
export async function smallParquet(path: string, codec: 'snappy' | 'uncompressed' | 'zstd' | 'gzip', select = smallRows): Promise<{ readonly bytes: Buffer; readonly rows: number }> {
  return withDatabase({ load: createRequire(import.meta.url) }, (database) => writeParquet(database, path, { codec, select }));
}

export async function writeParquet(database: Database, path: string, { codec, select }: { readonly codec: string; readonly select: string }): Promise<{ readonly bytes: Buffer; readonly rows: number }> {
  await database.run(`COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${codec})`);
  const [counted] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM (${select})`);
  return { bytes: await readFile(path), rows: Number(counted?.['n']) };
}

export const smallRows = `SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 3 END AS delay, 'N' || (i % 40) AS tail, i % 2 = 0 AS late, TIMESTAMP '2013-01-01 00:00:00' + INTERVAL 1 HOUR * i AS departed, DATE '2013-01-01' + CAST(i AS INTEGER) AS day, hash(i)::VARCHAR AS note FROM range(300) AS numbers(i)`;
