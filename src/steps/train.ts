import { type Digest, shortDigest } from '../artifacts/digest.ts';
import { type FitDelayNetOptions, fitDelayNet, type FittedDelayNet } from '../delaynet/fit-delaynet.ts';
import { type PreparedRows, prepareRows } from '../delaynet/prepare-rows.ts';
import { scoreTable } from '../delaynet/score-table.ts';
import { type BaselineFigures, lossChart, trainingChecks } from '../delaynet/training-checks.ts';
import { parseTrainingState, type TrainingState } from '../delaynet/training-state.ts';
import { UserError } from '../errors.ts';
import { numberColumn } from '../features/column-values.ts';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import { challengerThreshold } from '../gate/challenger-threshold.ts';
import { lackingNote } from '../gate/champion-inputs.ts';
import { readLineage, seenTestRows } from '../gate/lineage-check.ts';
import { classificationMetrics } from '../metrics/classification-metrics.ts';
import { thresholdForRecall } from '../metrics/threshold-for-recall.ts';
import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { formatCount, formatEstimate, formatShare } from '../report/format-number.ts';
import { utcDays } from '../statistics/day-index.ts';
import { fitBaselines } from './fit-baselines.ts';
import { readTrainingRows, type RowReader, type TrainingRows } from './read-training-rows.ts';
import { buildVerdict, type StepContext, type StepResult } from './step.ts';
import { openTrainingCheckpoint, type TrainingCheckpoint } from './training-checkpoint.ts';
import { type CandidateParts, classBalance, unknownCategories, writeCandidate } from './write-candidate.ts';

export interface TrainInputs {
  /** A clean snapshot that covers the training window. */
  readonly dataset: Digest;
  /** A candidate whose weights are taken over where names and shapes agree. */
  readonly warmStart: Digest | undefined;
  /** Whose live version the candidate challenges: its threshold is then chosen for the gains that the gate asks. */
  readonly championEnvironment: string | undefined;
  /** The trial of a study that the pipeline's hyper-parameters were taken from. */
  readonly tuned?: { readonly study: string; readonly trial: number } | undefined;
}

export interface TrainPorts {
  readonly engine: TrainingEngine;
  readonly registry: ModelRegistry;
  readonly readRows: RowReader;
}

export interface TrainOutputs extends Record<string, string> {
  readonly candidate: Digest;
  readonly model: Digest;
}

type TrainContext = StepContext & TrainPorts;
type FitOptions = FitDelayNetOptions & { readonly prepared: PreparedRows };

/**
 * Trains a candidate on the fit rows, stops and chooses the threshold on the calibration rows; never looks at a test row.
 * A run that was cut goes on after its last whole epoch and comes to the same candidate.
 * @throws UserError artifact-missing, training-data-invalid, training-diverged, engine-unavailable, warm-start-mismatch
 */
export async function train(inputs: TrainInputs, context: TrainContext): Promise<StepResult<TrainOutputs>> {
  const { dataset, warmStart, tuned } = inputs;
  const { engine, logger, pipeline } = context;
  const window = await loadTrainingWindow(pipeline);
  const from = await readWarmStart(warmStart, window, context);
  const champion = await readChampion(inputs.championEnvironment, context);
  const rows = await readTrainingRows({ dataset, window, champion }, context);
  const options = await fitOptions(rows, context);
  // The engine is certain once the rows are encoded.
  const checkpoint = await openTrainingCheckpoint({ dataset, window, engine: engine.name, warmStart }, context);
  const fitted = await fitCandidate(options, { champion, warmStart: from, checkpoint }, context);
  // Once something is live, that is what a candidate has to beat.
  const baselines = champion === undefined ? await logger.group('Baselines on the same rows', () => fitBaselines(options, context)) : { files: {}, figures: [] };
  const parts: CandidateParts = { dataset, warmStart, tuned, champion, window, rows, fitted, baselines: baselines.files, metrics: calibrationMetrics(rows, fitted, context) };
  const { artifact, model } = await writeCandidate(parts, context);
  await checkpoint.close();
  return { verdict: verdictOf(parts, { candidate: artifact.digest, model, baselines: baselines.figures }, context), outputs: { candidate: artifact.digest, model } };
}

async function readChampion(environment: string | undefined, { registry, artifacts }: TrainContext): Promise<Candidate | undefined> {
  if (environment === undefined) return undefined;
  const live = await registry.live(environment);
  const version = live === undefined ? undefined : await registry.version(live.version);
  return version === undefined ? undefined : readCandidate(artifacts, version.candidate);
}

/** What has seen test rows, itself or through what it began from, would carry them into weights that the gate takes for blind. */
async function readWarmStart(digest: Digest | undefined, { test }: TrainingWindow, { artifacts, store, pipeline, logger }: TrainContext): Promise<TrainingState | undefined> {
  if (digest === undefined) return undefined;
  const candidate = await artifacts.read('candidate', digest);
  const lineage = await readLineage(digest, { artifacts, store, pipeline: pipeline.definition.name });
  const [seen] = seenTestRows(lineage, test);
  if (seen !== undefined) {
    throw new UserError('warm-start-mismatch', `the warm start ${shortDigest(digest)} has seen rows of the test window: ${seen.name} saw rows up to ${seen.until}, and the test window begins on ${test.from}`, {
      hint: 'Train without a warm start, with one from an earlier window, or with a test window after all that it has seen.',
    });
  }
  for (const what of lineage.unknown) logger.warn(`What the warm start has seen is not wholly known, and the gate will not pass the candidate: ${what}.`);
  return parseTrainingState(await artifacts.bytes(candidate, 'state.bin'));
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
    clock: context.clock,
    chooseThreshold: (scored: { scores: Float64Array; labels: Float64Array }) => thresholdForRecall(scored, training.threshold.target).threshold,
  };
  return { ...options, prepared: await prepareRows(options) };
}

interface Start {
  readonly champion: Candidate | undefined;
  readonly warmStart: TrainingState | undefined;
  readonly checkpoint: TrainingCheckpoint;
}

async function fitCandidate(options: FitOptions, { champion, warmStart, checkpoint }: Start, context: TrainContext): Promise<FittedDelayNet> {
  const chooseThreshold =
    champion === undefined
      ? options.chooseThreshold
      : challengerThreshold({ scores: await scoreTable(champion.model, options.calibrate, context.engine), threshold: champion.metadata.threshold }, context.pipeline.definition.gate);
  const { resume } = checkpoint;
  return context.logger.group('Training', () =>
    fitDelayNet({
      ...options,
      chooseThreshold,
      onCheckpoint: (state) => checkpoint.save(state),
      ...(warmStart === undefined ? {} : { warmStart }),
      ...(resume === undefined ? {} : { resume }),
    }),
  );
}

function calibrationMetrics({ calibrate }: TrainingRows, fitted: FittedDelayNet, { pipeline }: TrainContext): CandidateParts['metrics'] {
  const { data, training } = pipeline.definition;
  return classificationMetrics({
    labels: numberColumn(calibrate, data.label.column),
    scores: fitted.calibrationScores,
    threshold: fitted.threshold,
    days: utcDays(numberColumn(calibrate, data.dataset['event-time'])),
    seed: `train/${training.seed}`,
    replicates: 500,
  });
}

interface Written {
  readonly candidate: Digest;
  readonly model: Digest;
  readonly baselines: readonly BaselineFigures[];
}

function verdictOf(parts: CandidateParts, { candidate, model, baselines }: Written, context: TrainContext): StepResult<TrainOutputs>['verdict'] {
  const { fitted, metrics, window, warmStart, champion, rows, tuned } = parts;
  const { label } = context.pipeline.definition.data;
  const [fit, calibrate] = [classBalance(rows.fit, label.column), classBalance(rows.calibrate, label.column)];
  const machine = context.artifacts.maker?.machine;
  return buildVerdict(context, {
    step: 'train',
    summary: `Trained ${formatCount(fitted.parameters)} parameters in ${fitted.history.length} epochs (best ${fitted.bestEpoch}): on ${window.calibrate.from} to ${window.calibrate.to} accuracy ${formatEstimate(metrics.accuracy.value, metrics.accuracy.interval)}, AUC ${formatEstimate(metrics.rocAuc.value, metrics.rocAuc.interval)}`,
    subjects: {
      in: { dataset: parts.dataset, ...(warmStart === undefined ? {} : { 'warm-start': warmStart }), ...(champion === undefined ? {} : { champion: shortDigest(champion.artifact.digest) }) },
      out: { candidate, model },
    },
    checks: trainingChecks(fitted, { metrics, baselines, unknown: unknownCategories(parts) }),
    charts: [lossChart(fitted, baselines)],
    notes: [
      `Engine: ${context.engine.description}${machine === undefined ? '' : `, on ${machine}`}.`,
      `${formatShare(fit.positives / fit.rows)} of ${formatCount(fit.rows)} fit rows are positive, ${formatShare(calibrate.positives / calibrate.rows)} of ${formatCount(calibrate.rows)} calibration rows.`,
      ...lackingNote(rows.lacking),
      ...(context.pipeline.preset === undefined ? [] : [`Preset ${context.pipeline.preset}.`]),
      ...(tuned === undefined ? [] : [`Hyper-parameters of trial ${tuned.trial} of study ${tuned.study}.`]),
    ],
  });
}
