import type { Database } from './database.ts';
import { quoteIdentifier } from './sql-text.ts';

export interface MonthOfRows {
  /** E.g. 2013-01. */
  readonly month: string;
  readonly rows: number;
  /** Milliseconds since the Unix epoch. */
  readonly first: number;
  readonly last: number;
}

/** The months (UTC) that a relation has rows of, in order. Rows without an event time belong to none. */
export async function monthsOf(database: Database, { relation, eventTime }: { readonly relation: string; readonly eventTime: string }): Promise<MonthOfRows[]> {
  const time = quoteIdentifier(eventTime);
  const rows = await database.rows(
    `SELECT strftime(month, '%Y-%m') AS month, n, first, last FROM (SELECT date_trunc('month', ${time}) AS month, count(*)::DOUBLE AS n, epoch_ms(min(${time}))::DOUBLE AS first, epoch_ms(max(${time}))::DOUBLE AS last FROM ${relation} WHERE ${time} IS NOT NULL GROUP BY ALL) ORDER BY month`,
  );
  return rows.map((row) => ({ month: String(row['month']), rows: Number(row['n']), first: Number(row['first']), last: Number(row['last']) }));
}
