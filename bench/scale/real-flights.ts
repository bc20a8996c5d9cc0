import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, withDatabase } from '../../src/data/database.ts';
import { quoteText } from '../../src/data/sql-text.ts';

const flights = join(import.meta.dirname, '..', '..', 'data', 'nycflights13', 'flights.parquet');

/** The start of the first day that rows fall on, and how long their year is. */
export const firstDay = Date.UTC(2013, 0, 1);
export const yearLength = 364 * 86_400_000;

/** A database with the table `flight` of flights.sql. */
export function withRealFlights<Result>(use: (database: Database) => Promise<Result>): Promise<Result> {
  return withDatabase({ load: createRequire(import.meta.url) }, async (database) => {
    await database.run(`CREATE VIEW flights AS SELECT * FROM ${quoteText(flights)}`);
    await database.run(`CREATE TABLE flight AS ${await readFile(join(import.meta.dirname, 'flights.sql'), 'utf8')}`);
    return use(database);
  });
}
