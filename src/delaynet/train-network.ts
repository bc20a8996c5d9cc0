import { UserError } from '../errors.ts';
import type { EncodedRows } from '../features/encode-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { openEpochRunner } from './epoch-runner.ts';
import { logitLoss } from './logit-loss.ts';
import { openLogitScorer } from './logit-scorer.ts';
import { timeLeft } from './time-left.ts';
import type { Training } from './training-schema.ts';
import type { EpochRecord, OptimizerState } from './training-state.ts';
import type { TrainingGraphPlan } from './training-step.ts';

export interface NetworkProgress {
  readonly optimizer: OptimizerState;
  readonly best: { readonly epoch: number; readonly weights: Float32Array };
  readonly history: readonly EpochRecord[];
}

export interface TrainNetworkOptions {
  readonly plan: TrainingGraphPlan;
  readonly training: Training;
  readonly fit: EncodedRows;
  readonly targets: Float32Array;
  readonly calibrate: EncodedRows;
  readonly calibrateLabels: Float64Array;
  readonly start: NetworkProgress;
  readonly engine: TrainingEngine;
  readonly logger: Logger;
  /** Tells how long the rest takes at most. */
  readonly clock?: Pick<Clock, 'now'>;
  readonly onEpoch?: (progress: NetworkProgress) => void | Promise<void>;
  /** Asked after every epoch: a tuning study stops a hopeless trial here. */
  readonly shouldStop?: (history: readonly EpochRecord[]) => boolean | Promise<boolean>;
}

function lowestLoss(history: readonly EpochRecord[]): number {
  return history.reduce((lowest, record) => Math.min(lowest, record.calibrationLoss), Infinity);
}

/** No better log-loss on the calibration rows for `patience` epochs. */
export function isExhausted({ best, history }: NetworkProgress, patience: number): boolean {
  return history.length - best.epoch >= patience;
}

/** @throws UserError training-diverged where no earlier epoch can be kept */
function noteDivergence({ best, history }: NetworkProgress, logger: Logger): void {
  const what = `The loss of epoch ${history.length + 1} is no finite number`;
  if (best.epoch === 0) {
    throw new UserError('training-diverged', `${what}: nothing was learned.`, {
      hint: 'Lower training.optimizer.learning-rate, or look at the validation report for broken columns.',
    });
  }
  logger.warn(`${what}: training ends here and keeps epoch ${best.epoch}. Lower training.optimizer.learning-rate.`);
}

/**
 * Epochs with early stopping: the averaged weights are judged on the calibration rows, and the best of them are kept.
 * @throws UserError training-diverged
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<NetworkProgress> {
  const { plan, training, engine, logger, clock } = options;
  const epochs = training['maximum-epochs'];
  const runner = await openEpochRunner({ plan, rows: options.fit, targets: options.targets, batchSize: training['batch-size'], seed: training.seed, engine });
  const scorer = await openLogitScorer(plan.network, engine);
  let progress = options.start;
  const begun = { at: clock?.now(), epochs: progress.history.length };
  const left = (epoch: number): string => {
    const text = begun.at === undefined || clock === undefined ? undefined : timeLeft({ elapsed: clock.now() - begun.at, done: epoch - begun.epochs, total: epochs - begun.epochs });
    return text === undefined ? '' : `, ${text} left`;
  };
  try {
    while (progress.history.length < epochs && !isExhausted(progress, training.patience)) {
      const epoch = progress.history.length + 1;
      const { state, loss } = await runner.run(progress.optimizer, epoch, training.optimizer['learning-rate']);
      const calibrationLoss = logitLoss(await scorer.score(state.average, options.calibrate), options.calibrateLabels);
      if (!Number.isFinite(loss) || !Number.isFinite(calibrationLoss)) {
        noteDivergence(progress, logger);
        break;
      }
      const improved = calibrationLoss < lowestLoss(progress.history);
      const history = [...progress.history, { epoch, trainingLoss: loss, calibrationLoss }];
      progress = { optimizer: state, best: improved ? { epoch, weights: state.average } : progress.best, history };
      await options.onEpoch?.(progress);
      logger.progress(`training epoch, loss ${loss.toFixed(4)}, calibration log-loss ${calibrationLoss.toFixed(4)}${left(epoch)}`, epoch, epochs);
      if (await options.shouldStop?.(history)) break;
    }
  } finally {
    await runner.release();
    await scorer.release();
  }
  return progress;
}
