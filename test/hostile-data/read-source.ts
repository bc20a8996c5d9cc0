import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvSource, type CsvSourceDefinition } from '../../src/adapters/data-source/csv.ts';
import { parquetSource, type ParquetSourceDefinition } from '../../src/adapters/data-source/parquet.ts';
import { type Database, withDatabase } from '../../src/data/database.ts';
import { namedSource, openSource, sourceUnreadable } from '../../src/data/open-source.ts';

export type HostileSource = ({ readonly type: 'csv' } & CsvSourceDefinition) | ({ readonly type: 'parquet' } & ParquetSourceDefinition);

export interface ReadSource {
  readonly rows: readonly Record<string, unknown>[];
  /** Rows given, also where `rows` was not asked for. */
  readonly count: number;
  readonly rejected: readonly { readonly file: string; readonly line: number; readonly reason: string; readonly text: string }[];
}

/** Reads every value of a source as ingest does: resolve, prepare, then the relation. @param keep rows to hand back at most */
export async function readSource(definition: HostileSource, root: string, { database, keep = 1000 }: { readonly database: Database; readonly keep?: number }): Promise<ReadSource> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'taxiway-hostile-'));
  try {
    const source = definition.type === 'csv' ? csvSource(definition, { name: 'hostile' }) : parquetSource(definition, { name: 'hostile' });
    const resolved = await namedSource('hostile', source.resolve({ root, from: 0, to: Date.UTC(2030, 0, 1), asOf: Date.UTC(2030, 0, 1), workDirectory }));
    for (const entry of ['VIEW IF EXISTS hostile', 'TABLE IF EXISTS given']) await database.run(`DROP ${entry}`);
    await openSource(database, 'hostile', resolved);
    try {
      // Every column of every row has to be decoded: a count alone would be answered from the footer.
      await database.run('CREATE TABLE given AS SELECT * FROM hostile');
    } catch (cause) {
      throw sourceUnreadable('hostile', resolved, cause);
    }
    const [counted] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM given`);
    const rows = await database.rows(`SELECT * FROM given LIMIT ${keep}`);
    const rejected = resolved.rejected === undefined ? [] : await database.rows(`SELECT file, line::DOUBLE AS line, reason, text FROM ${resolved.rejected} ORDER BY ALL`);
    return { rows, count: Number(counted?.['n']), rejected: rejected as unknown as ReadSource['rejected'] };
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

/** A small database, for one source or for many one after the other. */
export function withSmallDatabase<Result>(use: (database: Database) => Promise<Result>): Promise<Result> {
  return withDatabase({ load: createRequire(import.meta.url) }, use, { threads: 2, memoryLimit: '256MB' });
}
