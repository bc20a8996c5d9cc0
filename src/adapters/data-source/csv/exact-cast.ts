import { quoteText } from '../../../data/sql-text.ts';

export type DeclaredType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp';

export interface ExactCast {
  /** NULL where the text is missing or cannot be read as the type without changing it. */
  readonly value: string;
  /** Why not, as text; asked only where the text is there and the value is NULL. */
  readonly reason: string;
}

const wholeNumber = '[+-]?[0-9]+';
const decimalNumber = '[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?';
const someDigitBeforeExponent = '[+-]?[0.]*[1-9].*';
const day = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const localTime = `${day}[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,6}0*)?)?`;
const offset = 'Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?';
const timestamp = `(${localTime}) ?(${offset})?`;

/**
 * SQL that reads text as a type and never as something else: DuckDB's own casts round 1.5 to 2, read 24:00 as the next day, drop UTC offsets and
 * make 1e400 infinite. A column is given as a quoted identifier; the parts of a timestamp as localTimestamp and localOffset make them.
 */
export function exactCast(type: Exclude<DeclaredType, 'string' | 'timestamp'>, column: string): ExactCast {
  switch (type) {
    case 'integer':
      return {
        value: whereLike(column, wholeNumber, `TRY_CAST(${column} AS BIGINT)`),
        reason: `CASE WHEN ${isLike(column, wholeNumber)} THEN 'does not fit in 64 bits' ELSE 'is no whole number' END`,
      };
    case 'number': {
      const double = `TRY_CAST(${column} AS DOUBLE)`;
      const lost = `(${double} = 0 AND ${isLike(column, someDigitBeforeExponent)} AND NOT ${isLike(column, '[+-]?[0.]+(?:[eE].*)?')})`;
      return {
        value: `CASE WHEN ${isLike(column, decimalNumber)} AND isfinite(${double}) AND NOT ${lost} THEN ${double} END`,
        reason: `CASE WHEN NOT ${isLike(column, decimalNumber)} THEN 'is no number' WHEN ${lost} THEN 'is too small for a 64-bit number' ELSE 'is too large for a 64-bit number' END`,
      };
    }
    case 'boolean':
      return { value: `CASE WHEN lower(${column}) IN ('true', '1') THEN true WHEN lower(${column}) IN ('false', '0') THEN false END`, reason: `'is neither true nor false'` };
    case 'date':
      return {
        value: whereLike(column, day, `TRY_CAST(${column} AS DATE)`),
        reason: `CASE WHEN ${isLike(column, day)} THEN 'is a day that does not exist' ELSE 'is no date like 2013-01-31' END`,
      };
  }
}

/** The local part of a timestamp, NULL where it cannot be read. */
export function localTimestamp(column: string): string {
  // What comes back as it was written was read without change, and most of a file is written so.
  const plain = `TRY_CAST(${column} AS TIMESTAMP)`;
  return `CASE WHEN CAST(${plain} AS VARCHAR) = ${column} THEN ${plain} WHEN ${isLike(column, timestamp)} THEN TRY_CAST(regexp_extract(${column}, ${quoteText(`^${timestamp}$`)}, 1) AS TIMESTAMP) END`;
}

/** Seconds that a timestamp's own UTC offset says, NULL where it has none. */
export function ownOffset(column: string): string {
  const text = `regexp_extract(${column}, ${quoteText(`^${timestamp}$`)}, 2)`;
  const minutes = `coalesce(TRY_CAST(nullif(right(replace(${text}, ':', '')[4:], 2), '') AS INTEGER), 0)`;
  return `CASE WHEN length(${column}) = 19 AND ${column}[17] = ':' THEN NULL WHEN ${text} = 'Z' THEN 0 WHEN ${text} <> '' THEN (CASE WHEN ${text}[1] = '-' THEN -1 ELSE 1 END) * (3600 * CAST(${text}[2:3] AS INTEGER) + 60 * ${minutes}) END`;
}

export function timestampReason(column: string): string {
  return `CASE WHEN ${isLike(column, timestamp)} THEN 'is a day that does not exist' ELSE 'is no timestamp like 2013-01-31 23:59:59' END`;
}

function isLike(column: string, pattern: string): string {
  return `regexp_full_match(${column}, ${quoteText(pattern)})`;
}

function whereLike(column: string, pattern: string, value: string): string {
  return `CASE WHEN ${isLike(column, pattern)} THEN ${value} END`;
}
