import { UserError } from '../errors.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import type { Database } from './database.ts';
import { quoteIdentifier } from './sql-text.ts';

export interface DatasetWindow {
  /** Half-open window on the event time: milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  /** Nothing that was not known at this moment is in the rows. */
  readonly asOf: number;
}

export interface DatasetRequest extends DatasetWindow {
  readonly pipeline: LoadedPipeline;
  readonly sources: Readonly<Record<string, DataSource>>;
  /** Folder or file:// URI that relative source paths start from. */
  readonly dataRoot: string;
}

/** The relation that `openDataset` makes: rows of the window in the order of event time, then key. */
export const datasetRelation = 'dataset';

/**
 * Runs the pipeline's dataset query on its sources, into the table `dataset`.
 * @returns the sources as they were read
 * @throws UserError source-missing, source-unreadable, dataset-query-failed
 */
export async function openDataset(database: Database, request: DatasetRequest): Promise<Record<string, ResolvedSource>> {
  const { pipeline, sources, dataRoot, from, to, asOf } = request;
  const { dataset } = pipeline.definition.data;
  const resolved: Record<string, ResolvedSource> = {};
  for (const [name, source] of Object.entries(sources)) {
    const found = await named(name, source.resolve({ root: dataRoot, from: from - dataset.lookback, to }));
    await openSource(database, name, found);
    resolved[name] = found;
  }
  const order = orderColumns(pipeline).map(quoteIdentifier).join(', ');
  try {
    await database.run(`CREATE TABLE ${datasetRelation} AS SELECT * FROM (\n${pipeline.datasetQuery}\n) ORDER BY ${order}`, {
      from: timestampText(from),
      to: timestampText(to),
      as_of: timestampText(asOf),
    });
  } catch (cause) {
    throw new UserError('dataset-query-failed', `${dataset.query}: ${reasonOf(cause)}`, {
      hint: `Correct the query, or the files of the sources it reads (${Object.keys(sources).join(', ')}).`,
      cause,
    });
  }
  return resolved;
}

/** Event time first, then the rest of the key. */
export function orderColumns({ definition }: LoadedPipeline): string[] {
  const { key, 'event-time': time } = definition.data.dataset;
  return [time, ...key.filter((name) => name !== time)];
}

/** An adapter knows its files, not the name that the pipeline gives them. */
async function named<Result>(name: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(cause.code, `source ${name}: ${cause.message}`, { ...(cause.hint === undefined ? {} : { hint: cause.hint }), cause });
  }
}

async function openSource(database: Database, name: string, source: ResolvedSource): Promise<void> {
  const { relation, files } = source;
  try {
    await database.run(`CREATE VIEW ${quoteIdentifier(name)} AS SELECT * FROM ${relation}`);
    await demandSameColumns(database, name, source);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('source-unreadable', `source ${name} (${files.map((file) => file.name).join(', ')}): ${reasonOf(cause)}`, {
      hint: 'Fetch the files again, or correct the type of the source in pipeline.yaml.',
      cause,
    });
  }
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

function timestampText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.message) : String(cause);
}
