import type { ScoredRows } from './scored-rows.ts';
import { evenPositions, thresholdSweep } from './threshold-sweep.ts';

export interface RocPoint {
  /** null for the first point, where nothing is predicted positive. */
  readonly threshold: number | null;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/**
 * Points of the ROC curve from (0, 0) to (1, 1), thinned to at most `maximumPoints`, for plotting; take the area from `rocAuc`. [] unless both classes have weight.
 * Throws RangeError as `checkScoredRows`, or for maximumPoints < 3.
 *
 * @example
 * rocCurve({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.9, 0.2) }).length; // 3
 */
export function rocCurve(rows: ScoredRows, maximumPoints = 200): RocPoint[] {
  const sweep = thresholdSweep(rows);
  const positions = evenPositions(sweep.thresholds.length, maximumPoints - 1);
  if (sweep.positives === 0 || sweep.negatives === 0) return [];
  return [
    { threshold: null, falsePositiveRate: 0, truePositiveRate: 0 },
    ...positions.map((position) => ({
      threshold: sweep.thresholds[position] ?? Number.NaN,
      falsePositiveRate: (sweep.falsePositives[position] ?? 0) / sweep.negatives,
      truePositiveRate: (sweep.truePositives[position] ?? 0) / sweep.positives,
    })),
  ];
}
