import { resolve } from 'node:path';
import { csvSource } from '../adapters/data-source/csv.ts';
import { parquetSource } from '../adapters/data-source/parquet.ts';
import type { Database } from '../data/database.ts';
import { describeRelation, type RelationColumn } from '../data/describe-relation.ts';
import { openSource } from '../data/open-source.ts';
import { quoteIdentifier } from '../data/sql-text.ts';
import { UserError } from '../errors.ts';
import type { DataSource, ResolvedSource, SourceWindow } from '../ports/data-source.ts';

export interface OpenedFiles {
  readonly relation: string;
  readonly columns: readonly RelationColumn[];
  /** SQL expressions that order the rows as they lie. */
  readonly order: readonly string[];
  readonly names: readonly string[];
}

export interface FilesRequest {
  /** A path or glob of Parquet or CSV files, relative to the folder; or s3://bucket/…. */
  readonly pattern: string;
  readonly folder: string;
  readonly workDirectory: string;
  /** Names tables; several openings in one database need several. */
  readonly name: string;
}

/**
 * Files as they lie, without a pipeline that describes them; inspected as sources are.
 * @throws UserError input-invalid where the name says no format; source-missing, source-unreadable, source-denied, source-unavailable
 */
export async function openFiles(database: Database, { pattern, folder, workDirectory, name }: FilesRequest): Promise<OpenedFiles> {
  const isCsv = /\.csv(?:\.gz)?$/i.test(pattern);
  if (!isCsv && !/\.parquet$/i.test(pattern)) {
    throw new UserError('input-invalid', `"${pattern}" is neither a digest nor a file that ends in .parquet or .csv`, {
      hint: 'Name Parquet or CSV files, e.g. data/flights.parquet or "data/*.csv" (quoted, so that the shell leaves the * alone), or a digest: sha256:… with --store.',
    });
  }
  const { root, path } = splitPattern(pattern, folder);
  const source = isCsv ? csvSource({ path }, { name }) : parquetSource({ path }, { name });
  const found = await resolved(source, { root, from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER, asOf: Number.MAX_SAFE_INTEGER, workDirectory });
  await openSource(database, name, found);
  const names = found.files.map((file) => file.name);
  const columns = await described(database, found.relation, pattern);
  if (!isCsv) return { relation: `(SELECT *, file_index, file_row_number FROM ${found.relation})`, columns, order: ['file_index', 'file_row_number'], names };
  const table = quoteIdentifier(`${name}_in_order`);
  await database.run(`CREATE TABLE ${table} AS SELECT * FROM ${found.relation}`);
  return { relation: table, columns, order: ['rowid'], names };
}

/** There is no pipeline file here whose path could be corrected. */
async function resolved(source: DataSource, window: SourceWindow): Promise<ResolvedSource> {
  try {
    return await source.resolve(window);
  } catch (cause) {
    if (!(cause instanceof UserError) || cause.code !== 'source-missing') throw cause;
    throw new UserError('source-missing', cause.message, { hint: 'Check the path; paths start where you are.', cause });
  }
}

async function described(database: Database, relation: string, pattern: string): Promise<RelationColumn[]> {
  try {
    return await describeRelation(database, relation);
  } catch (cause) {
    throw new UserError('source-unreadable', `${pattern}: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`, { hint: 'Open each file by itself to see which one differs.', cause });
  }
}

/** The folder before the first wildcard, and the rest. */
function splitPattern(pattern: string, folder: string): { root: string; path: string } {
  const whole = /^[a-z][a-z0-9]+:\/\//.test(pattern) ? pattern : resolve(folder, pattern);
  const fixed = whole.slice(0, whole.search(/[*?[]|$/));
  const end = fixed.lastIndexOf('/');
  return { root: whole.slice(0, end) === '' ? '/' : whole.slice(0, end), path: whole.slice(end + 1) };
}
