import type { NativeModules } from '../ports/native-modules.ts';

/** The part of @duckdb/node-api that is used. */
interface DuckDbModule {
  readonly DuckDBInstance: { create(path: string, options: Record<string, string>): Promise<DuckDbInstance> };
}
interface DuckDbInstance {
  connect(): Promise<DuckDbConnection>;
  closeSync(): void;
}
interface DuckDbConnection {
  run(sql: string, values?: Readonly<Record<string, unknown>>): Promise<unknown>;
  runAndReadAll(sql: string, values?: Record<string, unknown>): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
  stream(sql: string, values?: Record<string, unknown>): Promise<{ fetchChunk(): Promise<DuckDbChunk | null> }>;
  closeSync(): void;
}
export interface DuckDbChunk {
  readonly rowCount: number;
  getColumnVector(index: number): { readonly items?: unknown; getItem(row: number): unknown };
}

/** An in-memory DuckDB whose clock zone is UTC. */
export interface Database {
  /** Runs a statement; `parameters` fill its $names. */
  run(sql: string, parameters?: Readonly<Record<string, string>>): Promise<void>;
  /** Small results: objects by column name, as JSON (numbers too large for JSON come as text). */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Large results, some thousand rows at a time, in the order of the query. */
  chunks(sql: string): AsyncIterable<DuckDbChunk>;
}

export interface DatabaseOptions {
  /** Results do not depend on it. */
  readonly threads?: number;
  /** E.g. 1GB. */
  readonly memoryLimit?: string;
  /** Where larger-than-memory work spills. */
  readonly temporaryFolder?: string;
}

export async function withDatabase<Result>(native: NativeModules, use: (database: Database) => Promise<Result>, options: DatabaseOptions = {}): Promise<Result> {
  const { DuckDBInstance } = native.load('@duckdb/node-api') as DuckDbModule;
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit ?? '1200MB',
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.temporaryFolder === undefined ? {} : { temp_directory: options.temporaryFolder }),
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await use({
      run: async (sql, parameters) => {
        await connection.run(sql, parameters);
      },
      rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
      chunks: (sql) => readChunks(connection, sql),
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function* readChunks(connection: DuckDbConnection, sql: string): AsyncIterable<DuckDbChunk> {
  const result = await connection.stream(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}
