import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, digestOfFile, shortDigest } from '../artifacts/digest.ts';
import { buildSnapshot, type BuiltSnapshot } from '../data/build-snapshot.ts';
import { withDatabase } from '../data/database.ts';
import { judgeEmptyDays } from '../data/days-without-rows.ts';
import { describeMonths } from '../data/describe-months.ts';
import { chooseIngestWindow, isoTime, type WindowInputs } from '../data/ingest-window.ts';
import { datasetMemory } from '../data/open-dataset.ts';
import { type ChangesFromParent, changesFromParent, demandPipeline, snapshotWindow } from '../data/snapshot-changes.ts';
import { rowsFile } from '../data/snapshot-files.ts';
import type { DataSection } from '../pipeline/schema/data.ts';
import type { DataSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface IngestInputs extends WindowInputs {
  /** Folder or URI that relative source paths start from. */
  readonly dataRoot: string;
  /** An earlier snapshot that this one continues or corrects. */
  readonly parent?: Digest | undefined;
}

export interface IngestPorts {
  readonly sources: Readonly<Record<string, DataSource>>;
}

export interface IngestOutputs extends Record<string, string> {
  readonly snapshot: Digest;
  readonly rows: string;
  /** Rows added, removed and corrected since the parent; 0 without one. */
  readonly changed: string;
}

type IngestContext = StepContext & IngestPorts;
interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Says how rows came about beside query and pipeline: raised when the same query and sources begin to give other rows. */
const datasetEngine = 'taxiway/dataset/v1';

/**
 * Reads a window of the sources, joins them by the dataset query and stores an immutable snapshot: the same sources, query, window and
 * knowledge give the same digest. A source that fails leaves nothing behind.
 * @throws UserError source-…, dataset-query-failed, window-empty, input-invalid, artifact-missing, artifact-layout
 */
export async function ingest(inputs: IngestInputs, context: IngestContext): Promise<StepResult<IngestOutputs>> {
  const { pipeline, native, sources, asOf, workDirectory, logger, artifacts } = context;
  const window = await chooseIngestWindow(inputs, pipeline, asOf);
  const parent = inputs.parent === undefined ? undefined : await artifacts.read('snapshot', inputs.parent);
  if (parent !== undefined) demandPipeline(parent, pipeline.definition.name);
  const built = await logger.group(`Sources from ${inputs.dataRoot}`, () =>
    withDatabase(native, async (database) => {
      const snapshot = await buildSnapshot(database, { pipeline, sources, dataRoot: inputs.dataRoot, workDirectory, ...window, asOf });
      const emptyDays = await judgeEmptyDays(database, { eventTime: pipeline.definition.data.dataset['event-time'], ...window, asOf });
      return { ...snapshot, checks: [...snapshot.checks, emptyDays] };
    }, {
      memoryLimit: datasetMemory,
      // Work is shared out by connections (inLanes).
      threads: 1,
      temporaryFolder: join(workDirectory, 'duckdb'),
    }),
  );
  const unchanged = parent !== undefined && (await holdsTheSame(parent, built, window));
  if (unchanged) await artifacts.recordMaker('snapshot', parent.digest);
  const changes = parent === undefined || unchanged ? undefined : await compare({ parent, built, window }, context);
  const artifact = unchanged ? parent : await writeSnapshot({ built, window, parent, changes }, context);
  return report({ inputs, window, built, parent, unchanged, changes, artifact }, context);
}

/** The same rows of the same window are the earlier snapshot: naming them twice would make equal data unequal. */
async function holdsTheSame({ manifest, ...parent }: Artifact, built: BuiltSnapshot, window: TimeWindow): Promise<boolean> {
  const earlier = snapshotWindow({ manifest, ...parent });
  if (earlier.from !== window.from || earlier.to !== window.to) return false;
  const files = Object.entries(snapshotContent(built));
  if (files.length !== Object.keys(manifest.files).length) return false;
  for (const [name, { path }] of files) {
    if (manifest.files[name]?.digest !== (await digestOfFile(path))) return false;
  }
  return true;
}

function compare({ parent, built, window }: { parent: Artifact; built: BuiltSnapshot; window: TimeWindow }, { native, artifacts, pipeline, workDirectory }: IngestContext): Promise<ChangesFromParent> {
  const { key, 'event-time': eventTime } = pipeline.definition.data.dataset;
  return changesFromParent({ native, artifacts, parent, files: built.months, window, key, eventTime, temporaryFolder: join(workDirectory, 'duckdb-changes') });
}

function snapshotContent({ months, rejected }: BuiltSnapshot): Record<string, { path: string }> {
  return {
    ...Object.fromEntries(months.map(({ month, path }) => [rowsFile(month), { path }])),
    ...(rejected === undefined ? {} : { 'rejected.parquet': { path: rejected.path } }),
  };
}

interface SnapshotParts {
  readonly built: BuiltSnapshot;
  readonly window: TimeWindow;
  readonly parent: Artifact | undefined;
  readonly changes: ChangesFromParent | undefined;
}

function writeSnapshot({ built, window, parent, changes }: SnapshotParts, { artifacts, pipeline }: IngestContext): Promise<Artifact> {
  const { data } = pipeline.definition;
  const query = digestOf(pipeline.datasetQuery);
  const sources: Record<string, Json> = {};
  for (const [name, { files }] of Object.entries(built.resolved)) {
    const listed = files.map((file) => ({ ...file })).sort((first, second) => compareText(first.name, second.name));
    sources[name] = { rows: built.counts[name]?.used ?? 0, rejected: built.counts[name]?.rejected ?? 0, files: listed };
  }
  return artifacts.write({
    kind: 'snapshot',
    files: snapshotContent(built),
    parents: parent === undefined ? {} : { snapshot: parent.digest },
    metadata: {
      pipeline: pipeline.definition.name,
      query,
      code: digestOf(canonicalJson({ engine: datasetEngine, query, data: shapingParts(data) as unknown as Json })),
      window: { from: isoTime(window.from), to: isoTime(window.to) },
      rows: rowsOf(built),
      ...describeMonths(built.months),
      schema: built.schema.map(({ name, type }) => ({ name, type })),
      sources,
      ...(changes === undefined ? {} : { changes: changes as unknown as Json }),
    },
  });
}

/**
 * What of the section `data` decides which rows there are. Where data lie, how old they may be and what the label is called is no part of what they are;
 * the commit is kept beside the snapshot.
 */
function shapingParts({ root: _root, label: { positive: _positive, ...label }, sources, ...data }: DataSection): Record<string, unknown> {
  return { ...data, label, sources: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, shapingSource(source)])) };
}

function shapingSource(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { freshness: _freshness, endpoint: _endpoint, layers, ...shaping } = source;
  return Array.isArray(layers) ? { ...shaping, layers: layers.map((layer: Readonly<Record<string, unknown>>) => shapingSource(layer)) } : shaping;
}

interface IngestReport extends SnapshotParts {
  readonly inputs: IngestInputs;
  readonly unchanged: boolean;
  readonly artifact: Artifact;
}

function report({ inputs, window, built, parent, unchanged, changes, artifact }: IngestReport, context: IngestContext): StepResult<IngestOutputs> {
  const rows = rowsOf(built);
  const days = `${isoTime(window.from)} to ${isoTime(window.to)}`;
  const totals = totalsOf(changes);
  const news = unchanged ? `; nothing new since ${shortDigest(artifact.digest)}` : changes === undefined ? '' : `; ${changesText(changes)}`;
  context.logger.info(`${formatCount(rows)} rows, ${days}${news}`);
  const read: Record<string, string> = {};
  for (const [name, { files }] of Object.entries(built.resolved)) read[name] = digestOf(files.map(({ digest }) => digest).join('\n'));
  return {
    verdict: buildVerdict(context, {
      step: 'ingest',
      summary: `Ingested ${formatCount(rows)} rows, ${days}, as known at ${isoTime(context.asOf)}${news}`,
      subjects: { in: { ...read, ...(inputs.parent === undefined ? {} : { parent: inputs.parent }) }, out: { snapshot: artifact.digest } },
      checks: [...built.checks, rowsCheck(built), ...(parent === undefined ? [] : [changesCheck(parent, changes, unchanged)])],
      charts: [{ id: 'rows-by-month', title: 'Rows by month', kind: 'bar', xLabel: 'month', yLabel: 'rows', series: [{ name: 'rows', points: built.months.map((month) => [month.month, month.rows]) }] }],
    }),
    outputs: { snapshot: artifact.digest, rows: String(rows), changed: String(totals.added + totals.removed + totals.corrected) },
  };
}

function rowsCheck(built: BuiltSnapshot): Check {
  const { eventTime } = describeMonths(built.months);
  return {
    id: 'rows',
    title: 'Rows of the snapshot',
    value: rowsOf(built),
    unit: 'row',
    threshold: '≥ 1',
    sampleSize: rowsOf(built),
    severity: 'error',
    verdict: 'pass',
    ...(eventTime === undefined ? {} : { message: `event times ${eventTime.first} to ${eventTime.last}` }),
  };
}

/** A figure, not a judgement: late and corrected rows are what a new snapshot is for. */
function changesCheck(parent: Artifact, changes: ChangesFromParent | undefined, unchanged: boolean): Check {
  const { added, removed, corrected } = totalsOf(changes);
  return {
    id: 'changes',
    title: `Changes since ${shortDigest(parent.digest)}`,
    value: added + removed + corrected,
    unit: 'row',
    severity: 'info',
    verdict: 'pass',
    message: unchanged || changes === undefined ? 'nothing new: the earlier snapshot holds the same rows' : changesText(changes),
    ...(changes === undefined ? {} : { details: { months: changes.months, columns: changes.columns } as unknown as NonNullable<Check['details']> }),
  };
}

function changesText(changes: ChangesFromParent): string {
  if (changes.overlap === undefined) return 'the windows do not meet, so nothing is compared';
  const { added, removed, corrected } = totalsOf(changes);
  const columns = changes.columns.slice(0, 3).map(({ name, rows }) => `${name} in ${formatCount(rows)}`);
  const months = Object.keys(changes.months);
  const retyped = (changes.columnsRetyped ?? []).map(({ name, before, after }) => `${name} is ${after}, was ${before}`);
  return `${formatCount(added)} added, ${formatCount(removed)} removed, ${formatCount(corrected)} corrected${columns.length === 0 ? '' : ` (${columns.join(', ')})`}${months.length === 0 ? '' : ` in ${months.join(', ')}`}${retyped.length === 0 ? '' : `; ${retyped.join(', ')}`}`;
}

function totalsOf(changes: ChangesFromParent | undefined): { added: number; removed: number; corrected: number } {
  const total = { added: 0, removed: 0, corrected: 0 };
  for (const { added, removed, corrected } of Object.values(changes?.months ?? {})) {
    total.added += added;
    total.removed += removed;
    total.corrected += corrected;
  }
  return total;
}

function rowsOf({ months }: BuiltSnapshot): number {
  return months.reduce((sum, { rows }) => sum + rows, 0);
}

function compareText(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
