/** How one SQL engine writes what the checks need. Everything else that checks write is SQL that every engine reads alike. */
export interface SqlDialect {
  readonly name: 'duckdb' | 'trino';
  /** Whether rows come as they lie where no ORDER BY is written; a LIMIT then ends the reading early. */
  readonly keepsOrder: boolean;
  /**
   * `by-rule`: a look for each rule costs less than one scan for all, for filters are answered while columns are read. `together`: every look costs a scan
   * of a warehouse, so there is one for all that can share it.
   */
  readonly scans: 'by-rule' | 'together';
  /** A quoted name. */
  readonly identifier: (name: string) => string;
  /** A text literal. */
  readonly text: (value: string) => string;
  /** A DOUBLE literal; a bare 0.05 is a decimal in some engines, with other arithmetic. */
  readonly number: (value: number) => string;
  /** A literal of a moment: milliseconds since the Unix epoch, UTC. */
  readonly timestamp: (time: number) => string;
  /** True where text matches a regular expression (RE2 syntax) anywhere. */
  readonly matches: (text: string, pattern: string) => string;
  /** True where text is one of some values; NULL where it is NULL. */
  readonly isOneOf: (text: string, values: readonly string[]) => string;
  /** A moment as milliseconds since the Unix epoch, DOUBLE. */
  readonly epochMilliseconds: (moment: string) => string;
  /** The day (DATE, UTC) of a moment. */
  readonly day: (moment: string) => string;
  readonly asDouble: (expression: string) => string;
  readonly asText: (expression: string) => string;
  /** False for NaN and ±Inf, NULL for NULL. */
  readonly isFinite: (number: string) => string;
  /** True for NaN and ±Inf. */
  readonly isNotFinite: (number: string) => string;
  /** The same number, of which the engine knows no limits: limits that a file states need not hold for NaN. */
  readonly withoutStatistics: (number: string) => string;
  /** A hash of some columns, BIGINT, for finding candidates only: whoever uses it compares the columns themselves afterwards. */
  readonly hash: (expressions: readonly string[]) => string;
}
