import type { SqlDialect } from './sql-dialect.ts';

/** What runs the checks' queries: DuckDB in this process, or a warehouse that already has the rows. */
export interface SqlEngine {
  readonly dialect: SqlDialect;
  /** Small results: objects by column name. Numbers as numbers where they fit, missing values as null. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** The same engine for statements at the same time; absent where statements run one after the other. */
  alongside?<Result>(use: (engine: SqlEngine) => Promise<Result>): Promise<Result>;
}
