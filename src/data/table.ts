/**
 * Rows in memory, by column. Every array has `rows` entries.
 * Missing numbers are NaN, missing strings are ''. Timestamps are numbers: milliseconds since the Unix epoch, UTC.
 */
export interface Table {
  readonly rows: number;
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly strings: ReadonlyMap<string, readonly string[]>;
}
