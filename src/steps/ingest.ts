import { join } from 'node:path';
import type { Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { type Database, withDatabase } from '../data/database.ts';
import { datasetRelation, openDataset } from '../data/query-dataset.ts';
import { quoteIdentifier, quoteText } from '../data/sql-text.ts';
import { UserError } from '../errors.ts';
import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import { dayStart } from '../pipeline/training-window.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface IngestInputs {
  /** Half-open window on the event time, milliseconds since the Unix epoch; the training window where undefined. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Where relative source paths start. */
  readonly dataRoot: string;
}

export interface IngestPorts {
  readonly sources: Readonly<Record<string, DataSource>>;
}

export interface IngestOutputs extends Record<string, string> {
  readonly snapshot: Digest;
  readonly rows: string;
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly asOf: number;
}

interface SnapshotFacts {
  readonly rows: number;
  readonly schema: Record<string, string>;
  readonly rowsByMonth: Record<string, number>;
  readonly firstEvent: string;
  readonly lastEvent: string;
}

/** Reads a window of the sources, joins them by the dataset query and stores the rows as an immutable snapshot. The same input gives the same digest. */
export async function ingest(inputs: IngestInputs, context: StepContext & IngestPorts): Promise<StepResult<IngestOutputs>> {
  const { pipeline, logger, artifacts } = context;
  const window = await chooseWindow(inputs, context);
  const path = join(context.workDirectory, 'dataset.parquet');
  const { facts, sources } = await logger.group(`Dataset from ${isoTime(window.from)} to ${isoTime(window.to)}, as of ${isoTime(window.asOf)}`, () =>
    withDatabase(context.native, async (database) => {
      const opened = await openDataset(database, { pipeline, sources: context.sources, dataRoot: inputs.dataRoot, window });
      const found = await describeSnapshot(database, context, window);
      await writeSnapshot(database, context, path);
      return { facts: found, sources: opened };
    }, { temporaryFolder: context.workDirectory }),
  );
  const snapshot = await artifacts.write({
    kind: 'snapshot',
    files: { 'dataset.parquet': { path } },
    parents: {},
    metadata: {
      window: { from: isoTime(window.from), to: isoTime(window.to), asOf: isoTime(window.asOf) },
      query: digestOf(pipeline.datasetQuery),
      sources: describeSources(sources),
      ...facts,
    },
  });
  logger.info(`${formatCount(facts.rows)} rows, snapshot ${snapshot.digest}`);
  return {
    verdict: buildVerdict(context, {
      step: 'ingest',
      summary: `${formatCount(facts.rows)} rows from ${isoTime(window.from).slice(0, 10)} to ${isoTime(window.to).slice(0, 10)} out of ${Object.keys(sources).length} sources`,
      subjects: { in: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, source.files.map((file) => file.name).join(', ')])), out: { snapshot: snapshot.digest } },
      checks: [rowsCheck(facts), ...sourceChecks(sources)],
      charts: [
        {
          id: 'rows-by-month',
          title: 'Rows by month',
          kind: 'bar',
          xLabel: 'month',
          yLabel: 'rows',
          series: [{ name: 'rows', points: Object.entries(facts.rowsByMonth).map(([month, rows]) => [month, rows]) }],
        },
      ],
    }),
    outputs: { snapshot: snapshot.digest, rows: String(facts.rows) },
  };
}

async function chooseWindow(inputs: IngestInputs, context: StepContext): Promise<Window> {
  const training = inputs.from === undefined || inputs.to === undefined ? await loadTrainingWindow(context.pipeline) : undefined;
  const from = inputs.from ?? dayStart(training?.fit.from ?? '');
  const to = inputs.to ?? dayStart(training?.test.to ?? '');
  if (!(from < to)) {
    throw new UserError('window-empty', `the window begins ${isoTime(from)} and ends ${isoTime(to)}; from must be before to`, { hint: 'Swap or correct the inputs from and to.' });
  }
  return { from, to, asOf: context.asOf };
}

async function describeSnapshot(database: Database, { pipeline }: StepContext, window: Window): Promise<SnapshotFacts> {
  const time = quoteIdentifier(pipeline.definition.data.dataset['event-time']);
  const [counted] = await database.rows(
    `SELECT count(*)::INTEGER AS n, strftime(min(${time}), '%Y-%m-%dT%H:%M:%SZ') AS first, strftime(max(${time}), '%Y-%m-%dT%H:%M:%SZ') AS last FROM ${datasetRelation}`,
  );
  const rows = Number(counted?.['n']);
  if (rows === 0) {
    throw new UserError('window-empty', `no rows between ${isoTime(window.from)} and ${isoTime(window.to)}`, {
      hint: 'Choose a window that the sources cover, or add the files that are missing.',
    });
  }
  const described = await database.rows(`DESCRIBE ${datasetRelation}`);
  const months = await database.rows(`SELECT strftime(${time}, '%Y-%m') AS month, count(*)::INTEGER AS n FROM ${datasetRelation} GROUP BY ALL ORDER BY month`);
  return {
    rows,
    schema: Object.fromEntries(described.map((row) => [String(row['column_name']), String(row['column_type'])])),
    rowsByMonth: Object.fromEntries(months.map((row) => [String(row['month']), Number(row['n'])])),
    firstEvent: String(counted?.['first']),
    lastEvent: String(counted?.['last']),
  };
}

async function writeSnapshot(database: Database, { pipeline }: StepContext, path: string): Promise<void> {
  const { key, 'event-time': time } = pipeline.definition.data.dataset;
  const order = [time, ...key.filter((name) => name !== time)].map(quoteIdentifier).join(', ');
  await database.run(`COPY (SELECT * FROM ${datasetRelation} ORDER BY ${order}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 65536)`);
}

function describeSources(sources: Record<string, ResolvedSource>): Json {
  return Object.fromEntries(Object.entries(sources).map(([name, { files }]) => [name, files.map(({ name: file, digest, size }) => ({ name: file, digest, size }))]));
}

function rowsCheck(facts: SnapshotFacts): Check {
  return {
    id: 'rows',
    title: 'Rows in the snapshot',
    value: facts.rows,
    threshold: '> 0',
    sampleSize: facts.rows,
    severity: 'error',
    verdict: 'pass',
    message: `from ${facts.firstEvent} to ${facts.lastEvent}`,
  };
}

function sourceChecks(sources: Record<string, ResolvedSource>): Check[] {
  return Object.entries(sources).map(([name, { files }]) => ({
    id: `source.${name}`,
    title: `Source ${name}`,
    value: files.length,
    unit: files.length === 1 ? 'file' : 'files',
    severity: 'info',
    verdict: 'pass',
    message: files.map((file) => file.name).join(', '),
  }));
}

function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
