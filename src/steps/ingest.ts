import { join } from 'node:path';
import type { Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { withDatabase, type Database } from '../data/database.ts';
import { describeRelation } from '../data/describe-relation.ts';
import { datasetRelation, openDataset, orderColumns } from '../data/open-dataset.ts';
import { quoteIdentifier } from '../data/sql-text.ts';
import { writeParquet } from '../data/write-parquet.ts';
import { UserError } from '../errors.ts';
import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import { dayStart } from '../pipeline/training-window.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface IngestInputs {
  /** Milliseconds since the Unix epoch, half-open; default: start of the fit rows to end of the test rows of the training window. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Folder or file:// URI that relative source paths start from. */
  readonly dataRoot: string;
}

export interface IngestPorts {
  readonly sources: Readonly<Record<string, DataSource>>;
}

export interface IngestOutputs extends Record<string, string> {
  readonly snapshot: Digest;
  readonly rows: string;
}

interface SnapshotSummary {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly months: Readonly<Record<string, number>>;
  readonly sourceRows: Readonly<Record<string, number>>;
}

/**
 * Reads a window of the sources, joins them by the dataset query and stores an immutable snapshot: the same sources, query, window and
 * knowledge give the same digest.
 * @throws UserError source-missing, source-unreadable, dataset-query-failed, window-empty
 */
export async function ingest(inputs: IngestInputs, context: StepContext & IngestPorts): Promise<StepResult<IngestOutputs>> {
  const { pipeline, native, sources, asOf, workDirectory, logger, artifacts } = context;
  const window = await chooseWindow(inputs, context);
  const days = `${isoTime(window.from)} to ${isoTime(window.to)}`;
  const path = join(workDirectory, 'snapshot.parquet');
  const read = await withDatabase(
    native,
    async (database) => {
      const resolved = await logger.group(`Sources from ${inputs.dataRoot}`, () => openDataset(database, { pipeline, sources, dataRoot: inputs.dataRoot, ...window, asOf }));
      const summary = await summarize(database, { pipeline, resolved, days, asOf });
      const schema = await describeRelation(database, datasetRelation);
      await writeParquet(database, `SELECT * FROM ${datasetRelation}`, path);
      return { resolved, summary, schema };
    },
    { temporaryFolder: join(workDirectory, 'duckdb') },
  );
  const { resolved, summary, schema } = read;
  const artifact = await artifacts.write({
    kind: 'snapshot',
    files: { 'snapshot.parquet': { path } },
    parents: {},
    metadata: {
      query: digestOf(pipeline.datasetQuery),
      window: { from: isoTime(window.from), to: isoTime(window.to) },
      rows: summary.rows,
      rowsByMonth: summary.months,
      eventTime: { first: summary.first, last: summary.last },
      schema: schema.map(({ name, type }) => ({ name, type })),
      sources: Object.fromEntries(Object.entries(resolved).map(([name, { files }]) => [name, { rows: summary.sourceRows[name] ?? 0, files: files.map((file) => ({ ...file })) }])),
    } satisfies Record<string, Json>,
  });
  logger.info(`${formatCount(summary.rows)} rows, ${days}`);
  return {
    verdict: buildVerdict(context, {
      step: 'ingest',
      summary: `Ingested ${formatCount(summary.rows)} rows, ${days}, as known at ${isoTime(asOf)}`,
      subjects: { in: Object.fromEntries(Object.entries(resolved).map(([name, { files }]) => [name, digestOf(files.map(({ digest }) => digest).join('\n'))])), out: { snapshot: artifact.digest } },
      checks: ingestChecks(summary, resolved),
      charts: [{ id: 'rows-by-month', title: 'Rows by month', kind: 'bar', xLabel: 'month', yLabel: 'rows', series: [{ name: 'rows', points: Object.entries(summary.months) }] }],
    }),
    outputs: { snapshot: artifact.digest, rows: String(summary.rows) },
  };
}

async function chooseWindow({ from, to }: IngestInputs, { pipeline }: StepContext): Promise<{ from: number; to: number }> {
  const training = from === undefined || to === undefined ? await loadTrainingWindow(pipeline) : undefined;
  const chosen = { from: from ?? dayStart(training?.fit.from ?? ''), to: to ?? dayStart(training?.test.to ?? '') };
  if (chosen.from < chosen.to) return chosen;
  throw new UserError('window-empty', `the window ${isoTime(chosen.from)} to ${isoTime(chosen.to)} is empty`, { hint: 'Pass a `from` before `to`; the end is exclusive.' });
}

async function summarize(
  database: Database,
  { pipeline, resolved, days, asOf }: { pipeline: StepContext['pipeline']; resolved: Readonly<Record<string, ResolvedSource>>; days: string; asOf: number },
): Promise<SnapshotSummary> {
  const time = quoteIdentifier(pipeline.definition.data.dataset['event-time']);
  const sourceRows: Record<string, number> = {};
  for (const name of Object.keys(resolved)) {
    const [row] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM ${quoteIdentifier(name)}`);
    sourceRows[name] = Number(row?.['n']);
  }
  const months = await database.rows(
    `SELECT strftime(${time}, '%Y-%m') AS month, count(*)::DOUBLE AS n, epoch_ms(min(${time}))::DOUBLE AS first, epoch_ms(max(${time}))::DOUBLE AS last FROM ${datasetRelation} GROUP BY ALL ORDER BY month`,
  );
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) {
    throw new UserError('window-empty', `the dataset query gives no row for ${days} (sources: ${Object.entries(resolved).map(([name]) => `${name} ${formatCount(sourceRows[name] ?? 0)} rows`).join(', ')})`, {
      hint: `Choose a window that the sources cover, ordered by ${orderColumns(pipeline).join(', ')}; as-of was ${isoTime(asOf)}.`,
    });
  }
  return {
    rows: months.reduce((sum, row) => sum + Number(row['n']), 0),
    first: isoTime(Number(first['first'])),
    last: isoTime(Number(last['last'])),
    months: Object.fromEntries(months.map((row) => [String(row['month']), Number(row['n'])])),
    sourceRows,
  };
}

function ingestChecks(summary: SnapshotSummary, resolved: Readonly<Record<string, ResolvedSource>>): Check[] {
  const read = Object.entries(resolved).map(([name, { files }]): Check => ({
    id: `source.${name}`,
    title: `Rows read from ${name}`,
    value: summary.sourceRows[name] ?? 0,
    unit: 'row',
    threshold: '≥ 1',
    sampleSize: summary.sourceRows[name] ?? 0,
    severity: 'warn',
    verdict: (summary.sourceRows[name] ?? 0) > 0 ? 'pass' : 'fail',
    message: files.map((file) => `${file.name} (${file.digest.slice(0, 19)}…)`).join(', '),
    remedy: `Check what lies at the path of source ${name}.`,
  }));
  return [
    ...read,
    {
      id: 'rows',
      title: 'Rows of the snapshot',
      value: summary.rows,
      unit: 'row',
      threshold: '≥ 1',
      sampleSize: summary.rows,
      severity: 'error',
      verdict: 'pass',
      message: `event times ${summary.first} to ${summary.last}`,
    },
  ];
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
