/** How one SQL engine writes what the checks need. Everything else that checks write is SQL that every engine reads alike. */
export interface SqlDialect {
  readonly name: 'duckdb' | 'trino';
  /** A quoted name. */
  identifier(name: string): string;
  /** A text literal. */
  text(value: string): string;
  /** A DOUBLE literal; a bare 0.05 is a decimal in some engines, with other arithmetic. */
  number(value: number): string;
  /** A literal of a moment: milliseconds since the Unix epoch, UTC. */
  timestamp(time: number): string;
  /** True where text matches a regular expression (RE2 syntax) anywhere. */
  matches(text: string, pattern: string): string;
  /** True where text is one of some values; NULL where it is NULL. */
  isOneOf(text: string, values: readonly string[]): string;
  /** A moment as milliseconds since the Unix epoch, DOUBLE. */
  epochMilliseconds(moment: string): string;
  /** The day (DATE, UTC) of a moment. */
  day(moment: string): string;
  asDouble(expression: string): string;
  asText(expression: string): string;
  /** True for NaN and ±Inf. */
  isNotFinite(number: string): string;
  /** A 64-bit hash of some columns, for finding candidates only: whoever uses it compares the columns themselves afterwards. */
  hash(expressions: readonly string[]): string;
}
