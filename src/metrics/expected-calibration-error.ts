import { reliabilityCurve } from './reliability-curve.ts';
import type { ScoredRows } from './scored-rows.ts';

/**
 * Expected calibration error over bins of equal mass: Σ share · |mean score − positive rate|, in [0, 1], lower is better. NaN for zero rows.
 * Biased upwards for few rows. Weights are not read. Source: Naeini, Cooper and Hauskrecht 2015; equal-mass bins after Nixon et al. 2019.
 * Throws RangeError as `checkProbabilityRows`, or for bins < 2.
 *
 * @param bins default 15
 *
 * @example
 * expectedCalibrationError({ labels: Uint8Array.of(0, 1), scores: Float64Array.of(0.2, 0.8) }, 2); // 0.2
 */
export function expectedCalibrationError(rows: ScoredRows, bins = 15): number {
  let sum = 0;
  for (const point of reliabilityCurve(rows, bins)) sum += point.sampleSize * Math.abs(point.meanScore - point.positiveRate);
  return sum / rows.scores.length;
}
