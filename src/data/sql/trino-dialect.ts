import { quoteIdentifier, quoteText, timestampLiteral } from '../sql-text.ts';
import { doubleLiteral } from './double-literal.ts';
import type { SqlDialect } from './sql-dialect.ts';

/**
 * SQL for Trino and for Athena, which runs it. Moments are TIMESTAMP without a zone, in UTC.
 * @see https://trino.io/docs/current/functions.html
 */
export const trinoDialect: SqlDialect = {
  name: 'trino',
  keepsOrder: false,
  scans: 'together',
  identifier: quoteIdentifier,
  text: quoteText,
  number: doubleLiteral,
  timestamp: timestampLiteral,
  matches: (text, pattern) => `regexp_like(${text}, ${quoteText(endOnlyAtEnd(pattern))})`,
  isOneOf: (text, values) => `${text} IN (${values.map(quoteText).join(', ')})`,
  epochMilliseconds: (moment) => `CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', ${moment}) AS DOUBLE)`,
  day: (moment) => `CAST(${moment} AS DATE)`,
  asDouble: (expression) => `CAST(${expression} AS DOUBLE)`,
  asText: (expression) => `CAST(${expression} AS VARCHAR)`,
  isFinite: (number) => `is_finite(CAST(${number} AS DOUBLE))`,
  isNotFinite: (number) => `NOT is_finite(CAST(${number} AS DOUBLE))`,
  withoutStatistics: (number) => number,
  // A separator alone keeps ('a', 'bc') and ('ab', 'c') apart; a clash would cost time, never an answer.
  hash: (expressions) => `from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), ${expressions.map((expression) => `CAST(${expression} AS VARCHAR)`).join(', ')}))))`,
};

/** Trino's `$` also matches before a last line break; RE2's only at the very end, as `\z` does. Escaped ones and those of a character class stay. */
function endOnlyAtEnd(pattern: string): string {
  return pattern.replace(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\$/g, (part) => (part === '$' ? '\\z' : part));
}
