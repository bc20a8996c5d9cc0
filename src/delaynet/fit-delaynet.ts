import { UserError } from '../errors.ts';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import type { FittedFeatures } from '../features/fit-features.ts';
import type { Logger } from '../ports/logger.ts';
import { calibratedProbability, fitCalibration } from './calibration.ts';
import { exportModel } from './export-model.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { lossWeights } from './loss.ts';
import { openLogitScorer } from './logit-scorer.ts';
import { withModelThreshold } from './model-description.ts';
import { planNetwork, type NetworkPlan } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { type PreparedRows, prepareRows, type PrepareRowsOptions } from './prepare-rows.ts';
import { scoreTable } from './score-table.ts';
import { trainNetwork, type NetworkProgress } from './train-network.ts';
import { trainingTargets } from './training-rows.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';
import { warmStartWeights } from './warm-start.ts';

export interface FitDelayNetOptions extends PrepareRowsOptions {
  readonly logger: Logger;
  /** Decides the threshold from the calibration rows' scores and labels. */
  readonly chooseThreshold: (rows: { readonly scores: Float64Array; readonly labels: Float64Array }) => number;
  /** The rows, already encoded for another network that learns from the same. */
  readonly prepared?: PreparedRows;
  /** Weights to begin with where names and shapes agree. */
  readonly warmStart?: TrainingState;
  /** A training to go on with, bit for bit. */
  readonly resume?: TrainingState;
  readonly onCheckpoint?: (state: TrainingState) => void | Promise<void>;
  readonly shouldStop?: (history: readonly EpochRecord[]) => boolean | Promise<boolean>;
}

export interface FittedDelayNet {
  /** The ONNX model, its threshold in the metadata. */
  readonly model: Uint8Array;
  readonly state: TrainingState;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly parameters: number;
  readonly threshold: number;
  /** Probabilities of the rows learned from, each with what it would have been told had its own label been unknown. */
  readonly fitScores: Float64Array;
  /** Probabilities of the calibration rows. */
  readonly calibrationScores: Float64Array;
}

/** What must be equal for a resumed training to be the same training. The number of epochs may grow. */
function configurationText(options: FitDelayNetOptions): string {
  const { seed, network, sampling, loss, optimizer, averaging } = options.training;
  return JSON.stringify({ features: options.features, seed, network, sampling, loss, optimizer, averaging, batchSize: options.training['batch-size'], label: options.label, rows: [options.fit.rows, options.calibrate.rows] });
}

function startingPoint(options: FitDelayNetOptions, plan: NetworkPlan, configuration: string): NetworkProgress {
  const { resume, warmStart, training, logger } = options;
  if (resume) {
    if (resume.configuration !== configuration) {
      throw new UserError('resume-mismatch', 'The checkpoint was written by a training with other rows, features or options.', { hint: 'Start anew, or pass it as a warm start.' });
    }
    logger.info(`Going on after epoch ${resume.history.length}.`);
    return resume;
  }
  const layout = parameterLayout(plan);
  let weights = initializeParameters(layout, training.seed);
  if (warmStart) {
    const warm = warmStartWeights(weights, warmStart, { layout, plan });
    weights = warm.weights;
    logger.info(`Warm start: ${warm.taken.length} of ${layout.parameters.length} parameters taken over (${warm.taken.join(', ')}).`);
  }
  const zeros = (): Float32Array => new Float32Array(layout.trainable);
  return { optimizer: { weights, average: weights, first: zeros(), second: zeros(), step: 0 }, best: { epoch: 0, weights }, history: [] };
}

interface StateContext {
  readonly plan: NetworkPlan;
  /** Of the encoded dense columns. */
  readonly names: readonly string[];
  readonly fitted: FittedFeatures;
  readonly configuration: string;
}

function asState(progress: NetworkProgress, context: StateContext): TrainingState {
  const { plan, names } = context;
  const vocabularies = new Map(plan.embeddings.map(({ column, vocabulary }) => [`embedding.${column}`, vocabulary]));
  const inputs = [...names, ...plan.embeddings.flatMap(({ column, dimensions }) => Array.from({ length: dimensions }, (_, index) => `${column}[${index}]`))];
  const first = `${plan.layers.find(({ layer }) => layer.type === 'dense')?.name ?? 'head'}.weight`;
  const parameters = parameterLayout(plan).parameters.map(({ name, shape }) => ({ name, shape, vocabulary: vocabularies.get(name), inputs: name === first ? inputs : undefined }));
  return { configuration: context.configuration, fitted: context.fitted, parameters, optimizer: progress.optimizer, best: progress.best, history: progress.history };
}

/**
 * Trains DelayNet: fits the feature transforms, trains with early stopping, calibrates, chooses the threshold and exports.
 * The same options and rows give the same bytes.
 * @throws UserError `column-missing`, `training-data-invalid`, `resume-mismatch` or `engine-unavailable`.
 */
export async function fitDelayNet(options: FitDelayNetOptions): Promise<FittedDelayNet> {
  const { features, training, engine, logger } = options;
  const { head } = training.network;
  const { fitted, labels, calibrateLabels, fit, calibrate } = options.prepared ?? (await prepareRows(options, options.resume?.fitted));
  const { names, embedded } = compileFeatureGraph(features, fitted);
  const plan = planNetwork(training.network, { denseWidth: names.length, embeddings: embedded });
  const parameters = parameterLayout(plan).total;
  const configuration = configurationText(options);
  const start = startingPoint(options, plan, configuration);
  logger.info(`Training ${parameters} parameters on ${options.fit.rows} rows, ${names.length} encoded columns and ${embedded.length} embeddings, with ${engine.name}.`);
  const positiveShare = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const progress = await trainNetwork({
    plan: { network: plan, loss: lossWeights(training.loss, positiveShare), optimizer: training.optimizer, averaging: training.averaging },
    training,
    fit,
    targets: trainingTargets(options.fit, labels, head),
    calibrate,
    calibrateLabels,
    start,
    engine,
    logger,
    onEpoch: (current) => options.onCheckpoint?.(asState(current, { plan, names, fitted, configuration })),
    ...(options.shouldStop ? { shouldStop: options.shouldStop } : {}),
  });

  const scorer = await openLogitScorer(plan, engine);
  const calibration = fitCalibration(training.calibration, await scorer.score(progress.best.weights, calibrate), calibrateLabels);
  const fitLogits = await scorer.score(progress.best.weights, fit);
  await scorer.release();
  const model = exportModel({ features, fitted, plan, weights: progress.best.weights, calibration, label: options.label });
  const calibrationScores = await scoreTable(model, options.calibrate, engine);
  const threshold = options.chooseThreshold({ scores: calibrationScores, labels: calibrateLabels });
  return {
    model: withModelThreshold(model, threshold),
    state: asState(progress, { plan, names, fitted, configuration }),
    history: progress.history,
    bestEpoch: progress.best.epoch,
    parameters,
    threshold,
    fitScores: Float64Array.from(fitLogits, (logit) => calibratedProbability(logit, calibration)),
    calibrationScores,
  };
}
