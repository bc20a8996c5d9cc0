import { quoteIdentifier, quoteText, timestampLiteral } from '../sql-text.ts';
import { doubleLiteral } from './double-literal.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** SQL for the DuckDB in this process; its clock zone is UTC (see database.ts). */
export const duckDbDialect: SqlDialect = {
  name: 'duckdb',
  // DuckDB's setting preserve_insertion_order, which is on unless someone turns it off.
  keepsOrder: true,
  scans: 'by-rule',
  identifier: quoteIdentifier,
  text: quoteText,
  number: doubleLiteral,
  timestamp: timestampLiteral,
  matches: (text, pattern) => (isWhole(pattern) ? `regexp_full_match(${text}, ${quoteText(pattern)})` : `regexp_matches(${text}, ${quoteText(pattern)})`),
  // A function is asked once per entry of a column's dictionary, IN once per row: a fifth of the time.
  isOneOf: (text, values) => `list_contains([${values.map(quoteText).join(', ')}], ${text})`,
  epochMilliseconds: (moment) => `CAST(epoch_ms(${moment}) AS DOUBLE)`,
  day: (moment) => `CAST(${moment} AS DATE)`,
  asDouble: (expression) => `CAST(${expression} AS DOUBLE)`,
  asText: (expression) => `CAST(${expression} AS VARCHAR)`,
  isFinite: (number) => `isfinite(CAST(${number} AS DOUBLE))`,
  isNotFinite: (number) => `NOT isfinite(CAST(${number} AS DOUBLE))`,
  // The sign turned twice: no digit changes, nor what NaN and -0 are.
  withoutStatistics: (number) => `-(-${number})`,
  // Without its sign bit, so that it can be written as a literal that is a BIGINT too.
  hash: (expressions) => `CAST(hash(${expressions.join(', ')}) >> 1 AS BIGINT)`,
};

/** Anchored at both ends: DuckDB runs a full match on a column's dictionary, a partial one on every row. An alternative could do without an anchor. */
function isWhole(pattern: string): boolean {
  return /^\^[^|]*\$$/.test(pattern) && !/(?<!\\)(?:\\\\)*\\\$$/.test(pattern);
}
