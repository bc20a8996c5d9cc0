import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Database } from './database.ts';
import { describeRelation, type RelationColumn } from './describe-relation.ts';
import { isoTime } from './ingest-window.ts';
import { countSources, judgeFreshness, sourceCountChecks, type SourceCounts, writeRejected } from './judge-sources.ts';
import { type MonthOfRows, monthsOf } from './months-of.ts';
import { type DatasetRequest, datasetRelation, openSources } from './open-dataset.ts';
import { rowsRelation } from './snapshot-files.ts';
import { writeMonths } from './write-months.ts';

export interface MonthFile extends MonthOfRows {
  readonly path: string;
}

export interface BuiltSnapshot {
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
  readonly counts: Readonly<Record<string, SourceCounts>>;
  readonly schema: readonly RelationColumn[];
  readonly months: readonly MonthFile[];
  /** Rows that sources rejected, in a file of their own; undefined where there are none. */
  readonly rejected: { readonly path: string; readonly rows: number } | undefined;
  /** About the sources. */
  readonly checks: readonly Check[];
}

/**
 * Reads the sources, runs the dataset query and writes its rows, a file per month, into the working folder.
 * @throws UserError source-missing, source-unreadable, dataset-query-failed, event-time-missing, window-empty
 */
export async function buildSnapshot(database: Database, request: DatasetRequest): Promise<BuiltSnapshot> {
  const { pipeline, from, to, asOf, workDirectory } = request;
  const time = pipeline.definition.data.dataset['event-time'];
  const resolved = await openSources(database, request);
  const { files, withoutTime } = await writeMonths(database, request, { resolved, folder: join(workDirectory, 'rows') });
  const counts = await countSources(database, resolved);
  if (files.length === 0 && withoutTime.length === 0) {
    const read = Object.entries(counts).map(([name, { used }]) => `${name} ${formatCount(used)} rows`);
    throw new UserError('window-empty', `the dataset query gives no row for ${isoTime(from)} to ${isoTime(to)} (sources: ${read.join(', ')})`, {
      hint: `Choose a window that the sources cover; as-of was ${isoTime(asOf)}.`,
    });
  }
  if (withoutTime.length > 0) throw await eventTimesMissing(database, request, withoutTime);
  await database.run(`CREATE VIEW ${datasetRelation} AS SELECT * FROM ${rowsRelation(files)}`);
  const schema = await describeRelation(database, datasetRelation);
  const months = (await monthsOf(database, { relation: datasetRelation, eventTime: time })).map((month): MonthFile => ({ ...month, path: files.find((file) => file.month === month.month)?.path ?? '' }));
  const rejectedPath = join(workDirectory, 'rejected.parquet');
  const rejected = await writeRejected(database, resolved, rejectedPath);
  const counted = Object.values(counts).reduce((sum, count) => sum + count.rejected, 0);
  if (rejected !== counted) throw new Error(`${counted} rows were rejected, ${rejected} were written`);
  const fresh = await judgeFreshness(database, { sources: pipeline.definition.data.sources, resolved, judgedFrom: Math.min(to, asOf) });
  return { resolved, counts, schema, months, rejected: rejected === 0 ? undefined : { path: rejectedPath, rows: rejected }, checks: [...sourceCountChecks(counts, resolved), ...fresh] };
}

/** A row without an event time belongs to no month: it would be lost. */
async function eventTimesMissing(database: Database, { pipeline }: DatasetRequest, paths: readonly string[]): Promise<UserError> {
  const { 'event-time': time, query } = pipeline.definition.data.dataset;
  const [row] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM ${rowsRelation(paths.map((path) => ({ path })))}`);
  return new UserError('dataset-query-failed', `${query}: ${formatCount(Number(row?.['n']))} rows have no ${time}`, { hint: `Give every row its event time, or leave it out of the query where it has none.` });
}
