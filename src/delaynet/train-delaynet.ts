import { UserError } from '../errors.ts';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { learningRows } from './learning-rows.ts';
import { lossWeights } from './loss.ts';
import { planNetwork, type NetworkPlan } from './network-plan.ts';
import { namesByTransform, parameterInputs } from './parameter-inputs.ts';
import { parameterLayout } from './parameter-layout.ts';
import { type PreparedRows, prepareRows, type PrepareRowsOptions } from './prepare-rows.ts';
import { trainNetwork, type NetworkProgress } from './train-network.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';
import { type WarmStart, warmStartWeights, type WarmStartTarget } from './warm-start.ts';

export interface TrainDelayNetOptions extends PrepareRowsOptions {
  readonly logger: Logger;
  /** Tells how long training will take at most; nothing is told without it. */
  readonly clock?: Pick<Clock, 'now'>;
  /** The rows, already encoded for another network that learns from the same. */
  readonly prepared?: PreparedRows;
  /** Weights to begin with where names and shapes agree. */
  readonly warmStart?: TrainingState;
  /** A training to go on with, bit for bit. */
  readonly resume?: TrainingState;
  readonly onCheckpoint?: (state: TrainingState) => void | Promise<void>;
  /** Asked after every epoch: a tuning study stops a hopeless trial here. */
  readonly shouldStop?: (history: readonly EpochRecord[]) => boolean | Promise<boolean>;
}

/** Weights, and everything they mean something by. */
export interface TrainedDelayNet {
  readonly prepared: PreparedRows;
  readonly plan: NetworkPlan;
  readonly progress: NetworkProgress;
  readonly state: TrainingState;
}

/** What must be equal for a resumed training to be the same training. The number of epochs may grow. */
function configurationText(options: TrainDelayNetOptions): string {
  const { seed, network, sampling, loss, optimizer, averaging, 'batch-size': batchSize, 'category-dropout': categoryDropout } = options.training;
  return JSON.stringify({ features: options.features, seed, network, sampling, categoryDropout, loss, optimizer, averaging, batchSize, label: options.label, rows: [options.fit.rows, options.calibrate.rows] });
}

function tellWarmStart({ taken, added, dropped }: WarmStart, parameters: number, logger: Logger): void {
  if (taken.length === 0) {
    logger.warn(`Warm start: none of the ${parameters} parameters was taken over, for no layer of the other candidate has the name and the size of one of this network. Training begins with fresh weights.`);
    return;
  }
  const changes = [...added.map((input) => `+${input}`), ...dropped.map((input) => `-${input}`)];
  logger.info(`Warm start: ${taken.length} of ${parameters} parameters taken over (${taken.join(', ')}); inputs ${changes.length === 0 ? 'unchanged' : changes.join(', ')}.`);
}

function startingPoint(options: TrainDelayNetOptions, { plan, encoded, encodedByTransform }: Omit<WarmStartTarget, 'layout'>, configuration: string): NetworkProgress {
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
    const warm = warmStartWeights(weights, warmStart, { layout, plan, encoded, ...(encodedByTransform === undefined ? {} : { encodedByTransform }) });
    weights = warm.weights;
    tellWarmStart(warm, layout.parameters.length, logger);
  }
  const zeros = (): Float32Array => new Float32Array(layout.trainable);
  return { optimizer: { weights, average: weights, first: zeros(), second: zeros(), step: 0 }, best: { epoch: 0, weights }, history: [] };
}

/**
 * Fits the feature transforms and trains with early stopping; calibrates and exports nothing. The same options and rows give the same bits.
 * @throws UserError `column-missing`, `training-data-invalid`, `training-diverged`, `resume-mismatch` or `engine-unavailable`.
 */
export async function trainDelayNet(options: TrainDelayNetOptions): Promise<TrainedDelayNet> {
  const { features, training, engine, logger, clock } = options;
  const prepared = options.prepared ?? (await prepareRows(options, options.resume?.fitted));
  const { fitted, calibrateLabels, calibrate } = prepared;
  const { names, widths, embedded } = compileFeatureGraph(features, fitted);
  const plan = planNetwork(training.network, { denseWidth: names.length, embeddings: embedded });
  const layout = parameterLayout(plan);
  const configuration = configurationText(options);
  const vocabularies = new Map(plan.embeddings.map(({ column, vocabulary }) => [`embedding.${column}`, vocabulary]));
  const inputs = parameterInputs(plan, names);
  const parameters = layout.parameters.map(({ name, shape }) => ({ name, shape, vocabulary: vocabularies.get(name), inputs: inputs.get(name) }));
  const stateOf = ({ optimizer, best, history }: NetworkProgress): TrainingState => ({ configuration, fitted, parameters, optimizer, best, history });
  const start = startingPoint(options, { plan, encoded: names, encodedByTransform: namesByTransform(features, { names, widths }) }, configuration);
  const learn = await learningRows(prepared, options);
  logger.info(`Training ${layout.total} parameters on ${learn.rows.rows} rows (${learn.rows.rows - prepared.fit.rows} made up), ${names.length} encoded columns and ${embedded.length} embeddings, with ${engine.name}.`);
  const progress = await trainNetwork({
    plan: { network: plan, loss: lossWeights(training.loss, learn.positiveShare), optimizer: training.optimizer, averaging: training.averaging },
    training,
    fit: learn.rows,
    targets: learn.targets,
    calibrate,
    calibrateLabels,
    start,
    engine,
    logger,
    onEpoch: (current) => options.onCheckpoint?.(stateOf(current)),
    ...(clock ? { clock } : {}),
    ...(options.shouldStop ? { shouldStop: options.shouldStop } : {}),
  });
  return { prepared, plan, progress, state: stateOf(progress) };
}
