import { UserError } from '../errors.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import type { Database } from './database.ts';
import { namedSource, openSource, reasonOf, sourceUnreadable } from './open-source.ts';
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
  /** Folder or URI that relative source paths start from. */
  readonly dataRoot: string;
  /** Files fetched from elsewhere go here. */
  readonly workDirectory: string;
}

/** The relation that `openDataset` and `buildSnapshot` make. */
export const datasetRelation = 'dataset';

/** A year of a few hundred thousand rows needs 1.6 GB; what needs more spills. */
export const datasetMemory = '1500MB';

/**
 * Runs the pipeline's dataset query on its sources, into the table `dataset`, in the order of event time, then key.
 * @returns the sources as they were read
 * @throws UserError source-missing, source-unreadable, dataset-query-failed
 */
export async function openDataset(database: Database, request: DatasetRequest): Promise<Record<string, ResolvedSource>> {
  const resolved = await openSources(database, request);
  const order = orderColumns(request.pipeline).map(quoteIdentifier).join(', ');
  await runDatasetQuery(database, request, { resolved, run: (query) => database.run(`CREATE TABLE ${datasetRelation} AS SELECT * FROM (${query}) ORDER BY ${order}`, windowParameters(request)) });
  return resolved;
}

/** Every source of the pipeline as a view. */
export async function openSources(database: Database, { pipeline, sources, dataRoot, from, to, asOf, workDirectory }: DatasetRequest): Promise<Record<string, ResolvedSource>> {
  const resolved: Record<string, ResolvedSource> = {};
  for (const [name, source] of Object.entries(sources)) {
    const found = await namedSource(name, source.resolve({ root: dataRoot, from: from - pipeline.definition.data.dataset.lookback, to, asOf, workDirectory }));
    await openSource(database, name, found);
    resolved[name] = found;
  }
  return resolved;
}

interface QueryRun {
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
  /** Runs statements with the query, whose rows are in whatever order it gives them. */
  readonly run: (query: string) => Promise<void>;
}

/**
 * Lets `run` use the dataset query on opened sources.
 * @throws UserError source-unreadable, dataset-query-failed
 */
export async function runDatasetQuery(database: Database, { pipeline }: DatasetRequest, { resolved, run }: QueryRun): Promise<void> {
  // Estimates of a query of this depth are too far off to choose by: the right side of a join is the one that is held and looked up in, as it is written.
  await database.run("SET disabled_optimizers = 'build_side_probe_side'");
  try {
    await run(`SELECT * FROM (\n${pipeline.datasetQuery}\n)`);
  } catch (cause) {
    const broken = await unreadableSource(database, resolved, cause);
    if (broken !== undefined) throw broken;
    throw new UserError('dataset-query-failed', `${pipeline.definition.data.dataset.query}: ${reasonOf(cause)}`, {
      hint: `Correct the query, or the files of the sources it reads (${Object.keys(resolved).join(', ')}).`,
      cause,
    });
  } finally {
    await database.run('RESET disabled_optimizers');
  }
}

/** What fills the dataset query's $names. */
export function windowParameters({ from, to, asOf }: DatasetWindow): Readonly<Record<string, string>> {
  return { from: timestampText(from), to: timestampText(to), as_of: timestampText(asOf) };
}

/** A page in the middle of a file is only met when the query reads it: which source was it? */
async function unreadableSource(database: Database, resolved: Readonly<Record<string, ResolvedSource>>, cause: unknown): Promise<UserError | undefined> {
  if (!/parquet|thrift|snappy|zstd|gzip|page|utf-?8|csv/i.test(String(cause))) return undefined;
  for (const [name, source] of Object.entries(resolved)) {
    try {
      await database.rows(`SELECT max(hash(COLUMNS(*)))::VARCHAR FROM ${quoteIdentifier(name)}`);
    } catch (reason) {
      return sourceUnreadable(name, source, reason);
    }
  }
  return undefined;
}

/** Event time first, then the rest of the key. */
export function orderColumns({ definition }: LoadedPipeline): string[] {
  const { key, 'event-time': time } = definition.data.dataset;
  return [time, ...key.filter((name) => name !== time)];
}

function timestampText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}
