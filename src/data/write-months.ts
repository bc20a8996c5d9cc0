import { join } from 'node:path';
import type { Database } from './database.ts';
import { inLanes } from './in-lanes.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';

/** Rows of a row group: a month of some ten thousand rows is one. */
const rowGroup = 122_880;

export interface MonthsRequest {
  readonly relation: string;
  /** TIMESTAMP column that says which month (UTC) a row belongs to. */
  readonly eventTime: string;
  /** Columns that rows are ordered by within a month. */
  readonly order: readonly string[];
  /** All columns: rows with the same `order` are ordered by everything else that they say. */
  readonly columns: readonly string[];
  readonly folder: string;
}

export interface MonthOfRows {
  /** E.g. 2013-01. */
  readonly month: string;
  readonly rows: number;
  /** Milliseconds since the Unix epoch. */
  readonly first: number;
  readonly last: number;
}

export interface MonthFile extends MonthOfRows {
  readonly path: string;
}

/** The months that a relation has rows of, in order. Rows without an event time belong to none. */
export async function monthsOf(database: Database, { relation, eventTime }: Pick<MonthsRequest, 'relation' | 'eventTime'>): Promise<MonthOfRows[]> {
  const time = quoteIdentifier(eventTime);
  const rows = await database.rows(
    `SELECT strftime(month, '%Y-%m') AS month, n, first, last FROM (SELECT date_trunc('month', ${time}) AS month, count(*)::DOUBLE AS n, epoch_ms(min(${time}))::DOUBLE AS first, epoch_ms(max(${time}))::DOUBLE AS last FROM ${relation} WHERE ${time} IS NOT NULL GROUP BY ALL) ORDER BY month`,
  );
  return rows.map((row) => ({ month: String(row['month']), rows: Number(row['n']), first: Number(row['first']), last: Number(row['last']) }));
}

/**
 * Writes a Parquet file per month. The same rows give the same bytes, whatever order they come in and however many threads there are.
 * Two months are written at a time, each by the thread of its own connection: compressing is most of the work, one file keeps one thread
 * busy, more threads would only get into each other's way (they take half as much of the processor again), and several threads would cut
 * the groups of one file as they happen to finish.
 */
export async function writeMonths(database: Database, months: readonly MonthOfRows[], request: MonthsRequest): Promise<MonthFile[]> {
  const files = months.map((month) => ({ ...month, path: join(request.folder, `${month.month}.parquet`) }));
  const repeated = await monthsWithRepeatedKeys(database, request);
  await inLanes(database, files, (connection, file) => connection.run(copyStatement(file, request, repeated.has(file.month))));
  return files;
}

function copyStatement({ month, path }: MonthFile, { relation, eventTime, order, columns }: MonthsRequest, repeated: boolean): string {
  const time = quoteIdentifier(eventTime);
  const first = `TIMESTAMP ${quoteText(`${month}-01`)}`;
  const by = repeated ? [...order, ...columns.filter((name) => !order.includes(name))] : order;
  return `COPY (SELECT * FROM ${relation} WHERE ${time} >= ${first} AND ${time} < ${first} + INTERVAL 1 MONTH ORDER BY ${by.map(quoteIdentifier).join(', ')}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroup})`;
}

/** Comparing rows by all columns is dear, and only needed where the key does not tell them apart. */
async function monthsWithRepeatedKeys(database: Database, { relation, eventTime, order }: MonthsRequest): Promise<Set<string>> {
  const rows = await database.rows(
    `SELECT DISTINCT strftime(${quoteIdentifier(eventTime)}, '%Y-%m') AS month FROM (SELECT ${quoteIdentifier(eventTime)} FROM ${relation} GROUP BY ${[...new Set([eventTime, ...order])].map(quoteIdentifier).join(', ')} HAVING count(*) > 1)`,
  );
  return new Set(rows.map((row) => String(row['month'])));
}
