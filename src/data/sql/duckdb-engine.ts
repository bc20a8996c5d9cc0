import type { Database } from '../database.ts';
import { duckDbDialect } from './duckdb-dialect.ts';
import type { SqlEngine } from './sql-engine.ts';

/** Runs checks on a DuckDB database of this process. */
export function createDuckDbEngine(database: Database): SqlEngine {
  return { dialect: duckDbDialect, rows: (sql) => database.rows(sql), alongside: (use) => database.alongside((other) => use(createDuckDbEngine(other))) };
}
