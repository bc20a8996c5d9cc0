import { UserError } from '../errors.ts';
import type { ResolvedSource } from '../ports/data-source.ts';
import type { Database } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { quoteIdentifier } from './sql-text.ts';

/** An adapter knows its files, not the name that the pipeline gives them: its errors get it here. */
export async function namedSource<Result>(name: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const known = cause.message.startsWith(`source ${name}`);
    throw new UserError(cause.code, known ? cause.message : `source ${name}: ${cause.message}`, { ...(cause.hint === undefined ? {} : { hint: cause.hint }), cause });
  }
}

/**
 * Makes a source visible to SQL: a view of the source's name.
 * @throws UserError source-unreadable, column-missing
 */
export async function openSource(database: Database, name: string, source: ResolvedSource): Promise<void> {
  try {
    for (const statement of source.prepare ?? []) await database.run(statement);
    for (const layer of source.layers ?? []) await demandKey(database, name, { layer, key: source.layerKey ?? [] });
    await database.run(`CREATE VIEW ${quoteIdentifier(name)} AS SELECT * FROM ${source.relation}`);
    for (const part of [source, ...(source.layers ?? [])]) await demandSameColumns(database, name, part);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw sourceUnreadable(name, source, cause);
  }
}

/** What DuckDB says when a file of a source cannot be read to its end. */
export function sourceUnreadable(name: string, { files }: Pick<ResolvedSource, 'files'>, cause: unknown): UserError {
  const reason = reasonOf(cause);
  // A row that is named has its file in the text already.
  const place = files.some((file) => reason.startsWith(`${file.name} `)) ? '' : ` (${files.map((file) => file.name).join(', ')})`;
  return new UserError('source-unreadable', `source ${name}${place}: ${reason}`, {
    hint: reason.includes('bad-rows') ? 'Correct the row, or set bad-rows: quarantine on the source.' : 'Fetch the files again, or correct the type of the source in pipeline.yaml.',
    cause,
  });
}

/** The first line of a reason, without DuckDB's name of its kind. */
export function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.message) : String(cause);
  return text.replace(/^[A-Za-z]+(?: [A-Za-z]+)* Error: /, '');
}

async function demandKey(database: Database, name: string, { layer, key }: { readonly layer: ResolvedSource; readonly key: readonly string[] }): Promise<void> {
  const columns = (await describeRelation(database, layer.relation)).map((column) => column.name);
  const lacking = key.filter((column) => !columns.includes(column));
  if (lacking.length === 0) return;
  throw new UserError('column-missing', `source ${name}: a layer (${layer.files.map((file) => file.name).slice(0, 3).join(', ')}) lacks ${lacking.join(', ')} of the key; its columns: ${columns.join(', ')}`, {
    hint: 'Correct key of the layered source in pipeline.yaml, or the files of the layer.',
  });
}

/** A file that lacks a column of its neighbours would give rows without it, and nobody would notice. */
async function demandSameColumns(database: Database, name: string, { parts = [] }: ResolvedSource): Promise<void> {
  if (parts.length < 2) return;
  const columns = new Map<string, Set<string>>();
  for (const part of parts) {
    const rows = await database.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${part.relation})`);
    columns.set(part.name, new Set(rows.map((row) => String(row['column_name']))));
  }
  for (const [lacking, own] of columns) {
    for (const [having, other] of columns) {
      const missing = [...other].filter((column) => !own.has(column));
      if (missing.length === 0) continue;
      throw new UserError('column-missing', `source ${name}: ${lacking} lacks ${missing.join(', ')}, which ${having} has`, {
        hint: 'All files of a source need the same columns: make the file again, or take it out of the source’s path.',
      });
    }
  }
}
