import type { ScoredRows } from './scored-rows.ts';
import { evenPositions, thresholdSweep } from './threshold-sweep.ts';

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * Points of the precision–recall curve by falling threshold (rising recall), thinned to at most `maximumPoints`, for plotting; take the area from `prAuc`.
 * [] when no positive has weight; thresholds where only rows of weight 0 are predicted positive are left out.
 * Throws RangeError as `checkScoredRows`, or for maximumPoints < 2.
 *
 * @example
 * prCurve({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.9, 0.2) })[0]; // { threshold: 0.9, precision: 1, recall: 1 }
 */
export function prCurve(rows: ScoredRows, maximumPoints = 200): PrecisionRecallPoint[] {
  const sweep = thresholdSweep(rows);
  const positions = evenPositions(sweep.thresholds.length, maximumPoints);
  if (sweep.positives === 0) return [];
  return positions
    .map((position) => {
      const truePositives = sweep.truePositives[position] ?? 0;
      return {
        threshold: sweep.thresholds[position] ?? Number.NaN,
        precision: truePositives / (truePositives + (sweep.falsePositives[position] ?? 0)),
        recall: truePositives / sweep.positives,
      };
    })
    .filter((point) => !Number.isNaN(point.precision));
}
