import { join } from 'node:path';
import type { Artifact } from '../artifacts/artifact.ts';
import type { Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { CheckContext } from '../data/checks/check-plan.ts';
import { planChecks } from '../data/checks/plan-checks.ts';
import { type Database, withDatabase } from '../data/database.ts';
import { validationMemory } from '../data/database-size.ts';
import { describeMonths } from '../data/describe-months.ts';
import { describeRelation } from '../data/describe-relation.ts';
import { type MonthOfRows, monthsOf } from '../data/months-of.ts';
import { openReferenceSources } from '../data/open-reference-sources.ts';
import { type ChecksResult, type ChecksTarget, runChecks } from '../data/run-checks.ts';
import { demandPipeline, windowOf } from '../data/snapshot-changes.ts';
import { rowsRelation, type SnapshotFile, snapshotFiles } from '../data/snapshot-files.ts';
import { type SplitFiles, splitRows } from '../data/split-rows.ts';
import { duckDbDialect } from '../data/sql/duckdb-dialect.ts';
import { createDuckDbEngine } from '../data/sql/duckdb-engine.ts';
import { readValidationHistory, recordValidation, withSince } from '../data/validation-history.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface ValidateDataInputs {
  readonly snapshot: Digest;
  /** An earlier clean snapshot, for `distribution` and `volume`. */
  readonly reference?: Digest;
  /** Folder or URI that relative source paths start from. */
  readonly dataRoot: string;
}

export interface ValidateDataPorts {
  /** The pipeline's sources; those of `reference` checks are read. */
  readonly sources: Readonly<Record<string, DataSource>>;
}

export interface ValidateDataOutputs extends Record<string, string> {
  /** The clean snapshot. */
  readonly dataset: Digest;
  readonly accepted: string;
  readonly quarantined: string;
}

type ValidateDataContext = StepContext & ValidateDataPorts;

interface Validated {
  readonly result: ChecksResult;
  readonly split: SplitFiles;
  /** Of the accepted rows. */
  readonly months: readonly MonthOfRows[];
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
}

/**
 * Runs the pipeline's checks on a snapshot. Bad rows go to quarantine with all their reasons; no row is lost, none is changed.
 * @throws UserError artifact-missing, artifact-corrupt, artifact-layout, condition-invalid, input-invalid for a snapshot of another pipeline; source-… where a `reference` check reads a source
 */
export async function validateData(inputs: ValidateDataInputs, context: ValidateDataContext): Promise<StepResult<ValidateDataOutputs>> {
  const { artifacts, pipeline, store, logger, asOf } = context;
  const snapshot = await artifacts.read('snapshot', inputs.snapshot);
  const reference = inputs.reference === undefined ? undefined : await artifacts.read('clean-snapshot', inputs.reference);
  for (const artifact of [snapshot, reference]) if (artifact !== undefined) demandPipeline(artifact, pipeline.definition.name);
  const { result, split, months, resolved } = await validateFiles({ snapshot, reference, dataRoot: inputs.dataRoot }, context);
  const artifact = await artifacts.write({
    kind: 'clean-snapshot',
    files: { ...Object.fromEntries(split.clean.map(({ name, path }) => [name, { path }])), 'quarantine.parquet': { path: split.quarantine } },
    parents: { snapshot: snapshot.digest, ...(reference === undefined ? {} : { reference: reference.digest }) },
    metadata: { ...keptMetadata(snapshot), ...describeMonths(months), rows: result.accepted, accepted: result.accepted, quarantined: result.quarantined },
  });
  const history = await readValidationHistory(store, pipeline.definition.name, { before: asOf, logger });
  const checks = withSince([...result.checks, countsCheck(result)], history);
  await recordValidation(store, pipeline.definition.name, { asOf, snapshot: snapshot.digest, dataset: artifact.digest, checks });
  logger.info(countsText(result));
  const sources = Object.entries(resolved).map(([name, { files }]): [string, string] => [`source.${name}`, digestOf(files.map(({ digest }) => digest).join('\n'))]);
  return {
    verdict: buildVerdict(context, {
      step: 'validate-data',
      summary: countsText(result),
      subjects: { in: { snapshot: snapshot.digest, ...(reference === undefined ? {} : { reference: reference.digest }), ...Object.fromEntries(sources) }, out: { dataset: artifact.digest } },
      checks,
      ...(split.quarantinedByFile.size === 0 ? {} : { charts: [quarantineChart(split)] }),
    }),
    outputs: { dataset: artifact.digest, accepted: String(result.accepted), quarantined: String(result.quarantined) },
  };
}


interface FilesRequest {
  readonly snapshot: Artifact;
  readonly reference: Artifact | undefined;
  readonly dataRoot: string;
}

async function validateFiles(request: FilesRequest, context: ValidateDataContext): Promise<Validated> {
  const { artifacts, native, workDirectory } = context;
  const files = await snapshotFiles(artifacts, request.snapshot);
  const earlier = request.reference === undefined ? undefined : await snapshotFiles(artifacts, request.reference);
  const bytes = Object.values(request.snapshot.manifest.files).reduce((sum, { size }) => sum + size, 0);
  return withDatabase(
    native,
    async (database) => {
      // Every look at the files reads their footers; a snapshot's files never change.
      await database.run('SET parquet_metadata_cache = true');
      const { target, resolved } = await prepareChecks(database, { ...request, files, earlier }, context);
      const result = await runChecks({ ...target, engine: createDuckDbEngine(database) });
      const split = await splitRows(database, { target, files, folder: workDirectory, counts: result });
      return { result, resolved, split, months: await acceptedMonths(database, target, split) };
    },
    { temporaryFolder: join(workDirectory, 'duckdb'), ...validationMemory(bytes) },
  );
}

/** None where the rows have no event time of such a type: then they are all in quarantine. */
async function acceptedMonths(database: Database, { found, eventTime }: ChecksTarget, { clean }: SplitFiles): Promise<MonthOfRows[]> {
  if (eventTime === undefined || !found.some(({ name, type }) => name === eventTime && type.startsWith('TIMESTAMP'))) return [];
  return monthsOf(database, { relation: rowsRelation(clean), eventTime });
}

/** What is true of the accepted rows as it was of all; what counts rows is counted anew. */
function keptMetadata({ manifest: { metadata } }: Artifact): Record<string, Json> {
  const kept: Record<string, Json> = {};
  for (const name of ['pipeline', 'window', 'query', 'code', 'schema', 'sources']) {
    const value = metadata[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

interface PrepareRequest extends FilesRequest {
  readonly files: readonly SnapshotFile[];
  readonly earlier: readonly SnapshotFile[] | undefined;
}

async function prepareChecks(
  database: Database,
  { snapshot, reference: earlierSnapshot, files, earlier, dataRoot }: PrepareRequest,
  { pipeline: { definition }, sources, asOf, workDirectory }: ValidateDataContext,
): Promise<{ target: ChecksTarget; resolved: Validated['resolved'] }> {
  const { dataset } = definition.data;
  const window = windowOf(snapshot);
  const opened = await openReferenceSources(database, { definition, sources, window: { root: dataRoot, from: window?.from ?? 0, to: window?.to ?? asOf, asOf, workDirectory } });
  const reference = earlier === undefined ? undefined : rowsRelation(earlier);
  const found = await describeRelation(database, rowsRelation(files));
  const order = ['file_index', 'file_row_number'];
  const relation = rowsRelation(files, { position: true });
  const checkContext: CheckContext = {
    definition,
    dialect: duckDbDialect,
    found,
    relation,
    order,
    asOf,
    window,
    sources: opened.relations,
    reference,
    referenceWindow: earlierSnapshot === undefined ? undefined : windowOf(earlierSnapshot),
    ...(reference === undefined ? {} : { referenceColumns: await describeRelation(database, reference) }),
  };
  return { target: { relation, planned: planChecks(checkContext), found, key: dataset.key, order, eventTime: dataset['event-time'] }, resolved: opened.resolved };
}


/** A figure, for `splitRows` throws where it is not so: it must not be what lets a verdict pass. */
function countsCheck({ rows, accepted, quarantined }: ChecksResult): Check {
  return {
    id: 'rows-in-rows-out',
    title: 'Rows in = accepted + quarantined',
    value: accepted + quarantined,
    unit: 'row',
    threshold: `= ${formatCount(rows)}`,
    sampleSize: rows,
    severity: 'info',
    verdict: 'pass',
    message: `${formatCount(accepted)} accepted, ${formatCount(quarantined)} quarantined`,
  };
}

function quarantineChart({ clean, quarantinedByFile }: SplitFiles): Chart {
  const points = clean.map(({ name }): [string, number] => [name.replace(/^rows\/|\.parquet$/g, ''), quarantinedByFile.get(name) ?? 0]);
  return { id: 'quarantined-by-month', title: 'Rows in quarantine by month', kind: 'bar', xLabel: 'month', yLabel: 'rows', series: [{ name: 'quarantined', points }] };
}

function countsText({ rows, accepted, quarantined }: ChecksResult): string {
  return `${formatCount(rows)} rows: ${formatCount(accepted)} accepted, ${formatCount(quarantined)} in quarantine`;
}
