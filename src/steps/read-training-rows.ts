import type { Digest } from '../artifacts/digest.ts';
import { snapshotFiles } from '../data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../data/sql-text.ts';
import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { Candidate } from '../gate/candidate.ts';
import { championInputs, withInputs } from '../gate/champion-inputs.ts';
import { type DayRange, dayStart, type TrainingWindow } from '../pipeline/training-window.ts';
import { formatCount } from '../report/format-number.ts';
import type { StepContext } from './step.ts';

/** Rows of some Parquet files with the same columns: columns wanted, a SQL condition, and the columns to order by. */
export type RowReader = (paths: readonly string[], request: { columns: readonly string[]; optional?: readonly string[]; where: string; orderBy: readonly string[] }) => Promise<Table>;

export interface TrainingRows {
  /** To learn from. */
  readonly fit: Table;
  /** Later: where training stops and the threshold is chosen. */
  readonly calibrate: Table;
  /** Inputs of the champion that the snapshot does not have: missing in every calibration row. */
  readonly lacking: readonly string[];
}

type Context = Pick<StepContext, 'artifacts' | 'pipeline' | 'logger'> & { readonly readRows: RowReader };

export interface TrainingRowsSource {
  readonly dataset: Digest;
  readonly window: TrainingWindow;
  /** Is asked about the calibration rows, so these have its inputs, too. */
  readonly champion?: Candidate | undefined;
}

/**
 * The rows that a training may see, in order of time: never one of the test window.
 * @throws UserError artifact-missing, artifact-corrupt, artifact-layout; training-data-invalid where a window has no row
 */
export async function readTrainingRows(source: TrainingRowsSource, context: Context): Promise<TrainingRows> {
  const { artifacts, logger } = context;
  const { fit, calibrate } = source.window;
  const snapshot = await artifacts.read('clean-snapshot', source.dataset);
  const paths = (await snapshotFiles(artifacts, snapshot)).map(({ path }) => path);
  const inputs = championInputs(source.champion);
  const fitted = await readWindow('fit', { paths, range: fit, optional: [] }, context);
  const { table, lacking } = withInputs(await readWindow('calibrate', { paths, range: calibrate, optional: [...inputs.num, ...inputs.cat] }, context), inputs);
  const rows: TrainingRows = { fit: fitted, calibrate: table, lacking };
  logger.info(`${formatCount(rows.fit.rows)} rows to fit (${fit.from} to ${fit.to}), ${formatCount(rows.calibrate.rows)} to calibrate (${calibrate.from} to ${calibrate.to})`);
  return rows;
}

async function readWindow(role: string, source: { readonly paths: readonly string[]; readonly range: DayRange; readonly optional: readonly string[] }, context: Context): Promise<Table> {
  const { data, columns, 'scored-rows': scored, features, training } = context.pipeline.definition;
  const time = data.dataset['event-time'];
  const { from, to } = source.range;
  const head = training.network.head;
  const ruled = training.baselines.flatMap((baseline) => (baseline.type === 'rule' ? [baseline.column] : []));
  const wanted = [...features.flatMap((feature) => feature.columns), ...ruled, data.label.column, time, ...data.dataset.key, ...(head.type === 'delay' ? [head.observed, head.target] : [])];
  const table = await context.readRows(source.paths, {
    columns: [...new Set(wanted)].filter((name) => Object.hasOwn(columns, name)),
    optional: source.optional,
    where: `(${scored}) AND ${quoteIdentifier(time)} >= ${timestampLiteral(dayStart(from))} AND ${quoteIdentifier(time)} < ${timestampLiteral(dayStart(to))} AND ${quoteIdentifier(data.label.column)} IS NOT NULL`,
    orderBy: [time, ...data.dataset.key.filter((name) => name !== time)],
  });
  if (table.rows === 0) {
    throw new UserError('training-data-invalid', `no row of the dataset lies in the ${role} window ${from} to ${to} and matches ${scored}`, {
      hint: `Ingest a snapshot that covers the window in ${training.window}, or change the window.`,
    });
  }
  return table;
}
