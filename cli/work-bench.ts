import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { LocatedNativeModules } from '../src/action/native-modules.ts';
import { inWorkDirectory } from '../src/action/work-directory.ts';
import { type Database, withDatabase } from '../src/data/database.ts';
import { createDuckDbEngine } from '../src/data/sql/duckdb-engine.ts';
import type { SqlEngine } from '../src/data/sql/sql-engine.ts';
import { UserError } from '../src/errors.ts';
import { silentLogger } from '../src/ports/logger.ts';
import type { NativeModules } from '../src/ports/native-modules.ts';

export interface WorkBench {
  readonly database: Database;
  readonly engine: SqlEngine;
  /** An empty folder; removed at the end. */
  readonly workDirectory: string;
  readonly native: NativeModules;
}

/** A DuckDB and a folder for the time of one command. */
export async function atWorkBench<Result>(command: string, work: (bench: WorkBench) => Promise<Result>): Promise<Result> {
  const scriptPath = fileURLToPath(import.meta.url);
  const native = new LocatedNativeModules({
    workspace: process.cwd(),
    scriptPath,
    logger: silentLogger,
    install: () => Promise.reject(new UserError('native-module-missing', 'DuckDB is not installed', { hint: 'Run npm ci in the checkout of Taxiway.' })),
  });
  await native.prepare(['@duckdb/node-api']);
  return inWorkDirectory(command, (workDirectory) =>
    withDatabase(native, (database) => work({ database, engine: createDuckDbEngine(database), workDirectory, native }), { temporaryFolder: join(workDirectory, 'duckdb'), memoryLimit: '4GB' }),
  );
}
