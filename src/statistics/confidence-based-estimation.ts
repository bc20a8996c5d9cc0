import { dayBlockBootstrap, ratioOfSums, type BootstrapEstimate } from './day-block-bootstrap.ts';
import { dayIndex, daySums } from './day-index.ts';
import type { NumberArray } from './quantile.ts';

/** Expected quality before labels have come. Each in [0, 1]; NaN where undefined (zero rows, nothing predicted positive). */
export interface EstimatedQuality {
  readonly accuracy: EstimatedMetric;
  readonly precision: EstimatedMetric;
  readonly recall: EstimatedMetric;
  readonly f1: EstimatedMetric;
  /** Expected share of positives: Σ p / n. */
  readonly positiveRate: EstimatedMetric;
}

export interface EstimatedMetric {
  readonly value: number;
  /** 95 % day-block interval of the sample. It does not hold the error of the calibration itself: when labels come, compare. */
  readonly interval: readonly [number, number];
  readonly sampleSize: number;
}

export interface ConfidenceBasedEstimationOptions {
  /** Calibrated probabilities in [0, 1]. */
  readonly scores: NumberArray;
  /** Predicted positive when score ≥ threshold; one for all rows or one per row. */
  readonly threshold: number | NumberArray;
  /** Day number of each row. */
  readonly days: Int32Array;
  readonly seed: string | number;
  readonly replicates?: number;
}

/**
 * Expected confusion matrix from calibrated scores: a row predicted positive is right with probability p, else with 1 − p.
 * Wrong exactly as far as the scores are uncalibrated, so concept drift is invisible to it.
 * Source: Guillory et al. 2021 (difference of confidences); NannyML's "confidence-based performance estimation".
 * Throws RangeError when lengths differ, a score is not a probability or a threshold is NaN.
 *
 * @example
 * confidenceBasedEstimation({ scores: Float64Array.of(0.9, 0.2), threshold: 0.5, days: Int32Array.of(0, 1), seed: 1 }).accuracy.value; // 0.85
 */
export function confidenceBasedEstimation(options: ConfidenceBasedEstimationOptions): EstimatedQuality {
  const { scores, threshold, seed, replicates = 2000 } = options;
  if (options.days.length !== scores.length) throw new RangeError(`${scores.length} scores but ${options.days.length} days`);
  if (typeof threshold !== 'number' && threshold.length !== scores.length) {
    throw new RangeError(`${scores.length} scores but ${threshold.length} thresholds`);
  }
  const days = dayIndex(options.days);
  const predicted = new Float64Array(scores.length);
  const hits = new Float64Array(scores.length);
  const correct = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] ?? Number.NaN;
    const limit = typeof threshold === 'number' ? threshold : (threshold[row] ?? Number.NaN);
    if (!(score >= 0 && score <= 1)) throw new RangeError(`score of row ${row} is ${score}, not a probability`);
    if (Number.isNaN(limit)) throw new RangeError(`threshold of row ${row} is NaN`);
    predicted[row] = score >= limit ? 1 : 0;
    hits[row] = score >= limit ? score : 0;
    correct[row] = score >= limit ? score : 1 - score;
  }
  const everyDay = daySums(days);
  const positivesByDay = daySums(days, scores);
  const predictedByDay = daySums(days, predicted);
  const hitsByDay = daySums(days, hits);
  const statistics = {
    accuracy: ratioOfSums(daySums(days, correct), everyDay),
    precision: ratioOfSums(hitsByDay, predictedByDay),
    recall: ratioOfSums(hitsByDay, positivesByDay),
    f1: ratioOfSums(
      hitsByDay.map((value) => 2 * value),
      positivesByDay.map((value, day) => value + (predictedByDay[day] ?? 0)),
    ),
    positiveRate: ratioOfSums(positivesByDay, everyDay),
  };
  const estimates = dayBlockBootstrap(statistics, { dayCount: days.dayCount, seed, replicates });
  const report = (estimate: BootstrapEstimate): EstimatedMetric => ({
    value: estimate.value,
    interval: estimate.interval,
    sampleSize: scores.length,
  });
  return {
    accuracy: report(estimates.accuracy),
    precision: report(estimates.precision),
    recall: report(estimates.recall),
    f1: report(estimates.f1),
    positiveRate: report(estimates.positiveRate),
  };
}
