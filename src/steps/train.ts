import type { Artifact } from '../artifacts/artifact.ts';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, shortDigest } from '../artifacts/digest.ts';
import { snapshotFiles } from '../data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../data/sql-text.ts';
import type { Table } from '../data/table.ts';
import { fitLogisticRegression } from '../delaynet/logistic-regression.ts';
import { fitDelayNet, type FitDelayNetOptions, type FittedDelayNet } from '../delaynet/fit-delaynet.ts';
import { type PreparedRows, prepareRows } from '../delaynet/prepare-rows.ts';
import { scoreTable } from '../delaynet/score-table.ts';
import { lossChart, trainingChecks } from '../delaynet/training-checks.ts';
import { parseTrainingState, serializeTrainingState, type TrainingState } from '../delaynet/training-state.ts';
import { buildReferenceProfile, referenceProfileBytes } from '../drift/reference-profile.ts';
import { UserError } from '../errors.ts';
import { challengerThreshold } from '../gate/challenger-threshold.ts';
import { baselineFile } from '../gate/baselines.ts';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import { classificationMetrics } from '../metrics/classification-metrics.ts';
import { thresholdForRecall } from '../metrics/threshold-for-recall.ts';
import { withModelMetadata } from '../onnx/model-metadata.ts';
import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import { type DayRange, dayStart, type TrainingWindow } from '../pipeline/training-window.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { formatCount, formatEstimate } from '../report/format-number.ts';
import { utcDays } from '../statistics/day-index.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';

export interface TrainInputs {
  /** A clean snapshot that covers the training window. */
  readonly dataset: Digest;
  /** A candidate whose weights are taken over where names and shapes agree. */
  readonly warmStart: Digest | undefined;
  /** Whose live version the candidate challenges: its threshold is then chosen for the gains that the gate asks. */
  readonly championEnvironment: string | undefined;
}

export interface TrainPorts {
  readonly engine: TrainingEngine;
  readonly registry: ModelRegistry;
  /** Rows of some Parquet files with the same columns: columns wanted, a SQL condition, and the columns to order by. */
  readonly readRows: (paths: readonly string[], request: { columns: readonly string[]; where: string; orderBy: readonly string[] }) => Promise<Table>;
}

export interface TrainOutputs extends Record<string, string> {
  readonly candidate: Digest;
  readonly model: Digest;
}

type TrainContext = StepContext & TrainPorts;

interface TrainingRows {
  readonly fit: Table;
  readonly calibrate: Table;
}

/** Trains a candidate on the fit rows, stops and chooses the threshold on the calibration rows; never looks at a test row. */
export async function train(inputs: TrainInputs, context: TrainContext): Promise<StepResult<TrainOutputs>> {
  const { artifacts, pipeline, logger } = context;
  const window = await loadTrainingWindow(pipeline);
  const snapshot = await artifacts.read('clean-snapshot', inputs.dataset);
  const paths = (await snapshotFiles(artifacts, snapshot)).map(({ path }) => path);
  const rows: TrainingRows = {
    fit: await readWindow('fit', { paths, range: window.fit }, context),
    calibrate: await readWindow('calibrate', { paths, range: window.calibrate }, context),
  };
  logger.info(`${formatCount(rows.fit.rows)} rows to fit (${window.fit.from} to ${window.fit.to}), ${formatCount(rows.calibrate.rows)} to calibrate (${window.calibrate.from} to ${window.calibrate.to})`);

  const champion = await readChampion(inputs.championEnvironment, context);
  const options = await fitOptions(rows, context);
  const fitted = await fitCandidate(options, { champion, warmStart: await readWarmStart(inputs.warmStart, context) }, context);
  // Once something is live, that is what a candidate has to beat.
  const baselines = champion === undefined ? await logger.group('Baselines on the same rows', () => fitBaselines(options, context)) : {};
  const metrics = calibrationMetrics(rows.calibrate, fitted, context);
  const artifact = await writeCandidate({ inputs, window, rows, fitted, baselines, metrics, champion }, context);
  const model = digestOf(servedModel(fitted, context));
  const checks = trainingChecks(fitted, metrics);
  return {
    verdict: buildVerdict(context, {
      step: 'train',
      summary: `Trained ${formatCount(fitted.parameters)} parameters in ${fitted.history.length} epochs (best ${fitted.bestEpoch}): on ${window.calibrate.from} to ${window.calibrate.to} accuracy ${formatEstimate(metrics.accuracy.value, metrics.accuracy.interval)}, AUC ${formatEstimate(metrics.rocAuc.value, metrics.rocAuc.interval)}`,
      subjects: {
        in: { dataset: inputs.dataset, ...(inputs.warmStart === undefined ? {} : { 'warm-start': inputs.warmStart }), ...(champion === undefined ? {} : { champion: shortDigest(champion.artifact.digest) }) },
        out: { candidate: artifact.digest, model },
      },
      checks,
      charts: [lossChart(fitted)],
    }),
    outputs: { candidate: artifact.digest, model },
  };
}

async function readWindow(role: string, source: { paths: readonly string[]; range: DayRange }, context: TrainContext): Promise<Table> {
  const { data, columns, 'scored-rows': scored, features, training } = context.pipeline.definition;
  const time = data.dataset['event-time'];
  const { from, to } = source.range;
  const head = training.network.head;
  const wanted = [...features.flatMap((feature) => feature.columns), data.label.column, time, ...data.dataset.key, ...(head.type === 'delay' ? [head.observed, head.target] : [])];
  const table = await context.readRows(source.paths, {
    columns: [...new Set(wanted)].filter((name) => Object.hasOwn(columns, name)),
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

async function readChampion(environment: string | undefined, { registry, artifacts }: TrainContext): Promise<Candidate | undefined> {
  if (environment === undefined) return undefined;
  const live = await registry.live(environment);
  const version = live === undefined ? undefined : await registry.version(live.version);
  return version === undefined ? undefined : readCandidate(artifacts, version.candidate);
}

async function readWarmStart(digest: Digest | undefined, { artifacts }: TrainContext): Promise<TrainingState | undefined> {
  if (digest === undefined) return undefined;
  return parseTrainingState(await artifacts.bytes(await artifacts.read('candidate', digest), 'state.bin'));
}

/** What the network and its baselines have in common: the rows are encoded once for all of them. */
async function fitOptions(rows: TrainingRows, context: TrainContext): Promise<FitOptions> {
  const { features, training, data } = context.pipeline.definition;
  const options = {
    features,
    training,
    fit: rows.fit,
    calibrate: rows.calibrate,
    label: data.label.column,
    engine: context.engine,
    logger: context.logger,
    chooseThreshold: (scored: ScoredCalibration) => thresholdForRecall(scored, training.threshold.target).threshold,
  };
  return { ...options, prepared: await prepareRows(options) };
}

type FitOptions = FitDelayNetOptions & { readonly prepared: PreparedRows };

interface ScoredCalibration {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
}

async function fitCandidate(options: FitOptions, start: { champion: Candidate | undefined; warmStart: TrainingState | undefined }, context: TrainContext): Promise<FittedDelayNet> {
  const { champion, warmStart } = start;
  const chooseThreshold =
    champion === undefined
      ? options.chooseThreshold
      : challengerThreshold({ scores: await scoreTable(champion.model, options.calibrate, context.engine), threshold: champion.metadata.threshold }, context.pipeline.definition.gate);
  return context.logger.group('Training', () => fitDelayNet({ ...options, chooseThreshold, ...(warmStart === undefined ? {} : { warmStart }) }));
}

/** The rule needs no fitting: the gate reads it from the pipeline. */
async function fitBaselines(options: FitOptions, context: TrainContext): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const baseline of context.pipeline.definition.training.baselines) {
    if (baseline.type === 'logistic-regression') files[baselineFile(baseline)] = await fitLogisticRegression(options);
  }
  return files;
}

type CalibrationMetrics = ReturnType<typeof classificationMetrics>;

function calibrationMetrics(table: Table, fitted: FittedDelayNet, context: TrainContext): CalibrationMetrics {
  const { data, training } = context.pipeline.definition;
  return classificationMetrics({
    labels: column(table, data.label.column),
    scores: fitted.calibrationScores,
    threshold: fitted.threshold,
    days: utcDays(column(table, data.dataset['event-time'])),
    seed: `train/${training.seed}`,
    replicates: 500,
  });
}

/** The model file with what the service must know beside the network: the names of the keys and of the event time. */
function servedModel(fitted: FittedDelayNet, context: TrainContext): Uint8Array {
  const { dataset } = context.pipeline.definition.data;
  return withModelMetadata(fitted.model, {
    'taxiway.key': JSON.stringify(dataset.key),
    'taxiway.event-time': dataset['event-time'],
    'taxiway.pipeline': context.pipeline.definition.name,
  });
}

interface CandidateParts {
  readonly inputs: TrainInputs;
  readonly window: TrainingWindow;
  readonly rows: TrainingRows;
  readonly fitted: FittedDelayNet;
  /** Model files by name. */
  readonly baselines: Readonly<Record<string, Uint8Array>>;
  readonly metrics: CalibrationMetrics;
  readonly champion: Candidate | undefined;
}

async function writeCandidate(parts: CandidateParts, context: TrainContext): Promise<Artifact> {
  const { inputs, window, fitted } = parts;
  const { definition, digest } = context.pipeline;
  const model = servedModel(fitted, context);
  const profile = buildReferenceProfile({
    definition,
    fit: { table: parts.rows.fit, scores: fitted.fitScores },
    performance: parts.metrics,
    threshold: fitted.threshold,
  });
  const training = {
    schema: 'taxiway/training/v1',
    hyperparameters: { ...definition.training, features: definition.features },
    engine: context.engine.name,
    history: fitted.history,
    bestEpoch: fitted.bestEpoch,
    parameters: fitted.parameters,
    threshold: fitted.threshold,
    thresholdPolicy: parts.champion === undefined ? 'recall' : 'gains over the champion',
    metrics: parts.metrics,
  };
  return context.artifacts.write({
    kind: 'candidate',
    files: {
      'model.onnx': model,
      'state.bin': serializeTrainingState(fitted.state),
      'profile.json': referenceProfileBytes(profile),
      'training.json': encode(training),
      ...parts.baselines,
    },
    parents: {
      dataset: inputs.dataset,
      ...(inputs.warmStart === undefined ? {} : { 'warm-start': inputs.warmStart }),
      ...(parts.champion === undefined ? {} : { champion: parts.champion.artifact.digest }),
    },
    metadata: { pipeline: digest, window, threshold: fitted.threshold, modelDigest: digestOf(model) },
  });
}

function column(table: Table, name: string): Float64Array {
  const values = table.numbers.get(name);
  if (values === undefined) throw new UserError('column-missing', `the dataset has no number column ${name}`, { hint: 'Run ingest and validate-data again.' });
  return values;
}

/** Plain JSON by construction; canonical JSON throws on the NaN that types cannot rule out. */
function encode(value: object): Uint8Array {
  return Buffer.from(canonicalJson(value as Json));
}
