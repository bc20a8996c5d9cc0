import { createRequire } from 'node:module';
import { StartError } from '../start-error.ts';

/** The part of @duckdb/node-api that is used; its types would bring the module itself into every type check of the service. */
export interface DuckDbModule {
  readonly DuckDBInstance: { create(path: string, options: Record<string, string>): Promise<DuckDbInstance> };
}
export interface DuckDbInstance {
  connect(): Promise<DuckDbConnection>;
  closeSync(): void;
}
export interface DuckDbConnection {
  run(sql: string, values?: Record<string, string | number>): Promise<DuckDbResult>;
  runAndReadAll(sql: string, values?: Record<string, string | number>): Promise<{ getRowsJson(): (string | null)[][] }>;
  prepare(sql: string): Promise<DuckDbStatement>;
  createAppender(table: string): Promise<DuckDbAppender>;
  closeSync(): void;
}
export interface DuckDbStatement {
  bind(values: Record<string, string | number>): void;
  run(): Promise<DuckDbResult>;
}
export interface DuckDbResult {
  fetchChunk(): Promise<DuckDbChunk | null>;
}
export interface DuckDbChunk {
  readonly rowCount: number;
  getColumnVector(index: number): { getItem(row: number): unknown };
}
export interface DuckDbAppender {
  appendInteger(value: number): void;
  appendSmallInt(value: number): void;
  appendVarchar(value: string): void;
  appendNull(): void;
  endRow(): void;
  closeSync(): void;
}

/** Loaded on first use, from node_modules beside the bundle: native code cannot live in it, and a service without online features carries none of it. @throws StartError */
export function loadDuckDb(): DuckDbModule {
  const requireBesideBundle = createRequire(import.meta.url);
  try {
    return requireBesideBundle('@duckdb/node-api') as DuckDbModule;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new StartError(`online features need DuckDB, which does not load (${reason}); register the version with serving.online-features in pipeline.yaml, on a base that has it, or leave FEATURE_FEED out`, { cause });
  }
}
