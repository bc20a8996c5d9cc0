import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  run(sql: string, values?: Readonly<Record<string, unknown>>): Promise<DuckDbResult>;
  runAndReadAll(sql: string, values?: Record<string, unknown>): Promise<DuckDbReader>;
  closeSync(): void;
}
interface DuckDbReader {
  getRowObjectsJson(): Record<string, unknown>[];
  columnNames(): readonly string[];
  /** Each prints as SQL writes it, e.g. DECIMAL(10,2). */
  columnTypes(): readonly { toString(): string }[];
}
interface DuckDbResult {
  fetchChunk(): Promise<DuckDbChunk | null>;
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
  /** Another connection to the same tables, for work at the same time. */
  alongside<Result>(use: (database: Database) => Promise<Result>): Promise<Result>;
}

export interface DatabaseOptions {
  /** Results do not depend on it. */
  readonly threads?: number;
  /** E.g. 1GB. */
  readonly memoryLimit?: string;
  /** Where larger-than-memory work spills; a folder of its own under the system's temporary folder where absent. Removed at the end. */
  readonly temporaryFolder?: string;
}

export async function withDatabase<Result>(native: NativeModules, use: (database: Database) => Promise<Result>, options: DatabaseOptions = {}): Promise<Result> {
  const { DuckDBInstance } = native.load('@duckdb/node-api') as DuckDbModule;
  // DuckDB's own default is .tmp in the working directory, which is the user's checkout.
  const folder = options.temporaryFolder ?? (await mkdtemp(join(tmpdir(), 'taxiway-duckdb-')));
  try {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit ?? '1GB',
      temp_directory: folder,
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    });
    try {
      return await withConnection(instance, use);
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withConnection<Result>(instance: DuckDbInstance, use: (database: Database) => Promise<Result>): Promise<Result> {
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await use({
      run: async (sql, parameters) => {
        await connection.run(sql, parameters);
      },
      rows: async (sql) => withNumbers(await connection.runAndReadAll(sql)),
      chunks: (sql) => readChunks(connection, sql),
      alongside: (work) => withConnection(instance, work),
    });
  } finally {
    connection.closeSync();
  }
}

/** DuckDB's JSON writes wide integers and decimals as text, whether they need it or not. */
function withNumbers(reader: DuckDbReader): Record<string, unknown>[] {
  const rows = reader.getRowObjectsJson();
  const types = reader.columnTypes();
  const wide = reader.columnNames().filter((_, index) => /^(?:U?BIGINT|U?HUGEINT|DECIMAL\(\d+,\d+\))$/.test(String(types[index])));
  for (const row of rows) {
    for (const name of wide) {
      const text = row[name];
      if (typeof text === 'string' && Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER) row[name] = Number(text);
    }
  }
  return rows;
}

async function* readChunks(connection: DuckDbConnection, sql: string): AsyncIterable<DuckDbChunk> {
  // Computed at once, by all threads. A streamed result would be computed by one thread, some rows at every fetch.
  const result = await connection.run(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}
