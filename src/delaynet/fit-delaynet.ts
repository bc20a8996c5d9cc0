import { calibratedProbability, fitCalibration } from './calibration.ts';
import { exportModel } from './export-model.ts';
import { openLogitScorer } from './logit-scorer.ts';
import { withModelThreshold } from './model-description.ts';
import { parameterLayout } from './parameter-layout.ts';
import { scoreTable } from './score-table.ts';
import { trainDelayNet, type TrainDelayNetOptions } from './train-delaynet.ts';
import type { EpochRecord, TrainingState } from './training-state.ts';

export interface FitDelayNetOptions extends TrainDelayNetOptions {
  /** Decides the threshold from the calibration rows' scores and labels. */
  readonly chooseThreshold: (rows: { readonly scores: Float64Array; readonly labels: Float64Array }) => number;
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

/**
 * Trains DelayNet: fits the feature transforms, trains with early stopping, calibrates, chooses the threshold and exports.
 * The same options and rows give the same bytes.
 * @throws UserError as `trainDelayNet`
 */
export async function fitDelayNet(options: FitDelayNetOptions): Promise<FittedDelayNet> {
  const { features, training, engine } = options;
  const { prepared, plan, progress, state } = await trainDelayNet(options);
  const { fitted, calibrateLabels, fit, calibrate } = prepared;
  const scorer = await openLogitScorer(plan, engine);
  const calibration = fitCalibration(training.calibration, await scorer.score(progress.best.weights, calibrate), calibrateLabels);
  const fitLogits = await scorer.score(progress.best.weights, fit);
  await scorer.release();
  const model = exportModel({ features, fitted, plan, weights: progress.best.weights, calibration, label: options.label });
  const calibrationScores = await scoreTable(model, options.calibrate, engine);
  const threshold = options.chooseThreshold({ scores: calibrationScores, labels: calibrateLabels });
  return {
    model: withModelThreshold(model, threshold),
    state,
    history: progress.history,
    bestEpoch: progress.best.epoch,
    parameters: parameterLayout(plan).total,
    threshold,
    fitScores: Float64Array.from(fitLogits, (logit) => calibratedProbability(logit, calibration)),
    calibrationScores,
  };
}
