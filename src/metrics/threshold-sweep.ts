import { ascendingOrder } from '../statistics/midranks.ts';
import { checkScoredRows, type ScoredRows } from './scored-rows.ts';

/** What is predicted positive when the threshold is the i-th distinct score from the top. Each array has one entry per distinct score. */
export interface ThresholdSweep {
  /** Descending. */
  readonly thresholds: Float64Array;
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Counts (or weights) at every threshold that makes a difference. O(n log n). Throws RangeError as `checkScoredRows`.
 *
 * @example
 * thresholdSweep({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.9, 0.2) }).truePositives; // [1, 1]
 */
export function thresholdSweep(rows: ScoredRows): ThresholdSweep {
  checkScoredRows(rows);
  const { labels, scores, weights } = rows;
  const order = ascendingOrder(scores);
  const thresholds = new Float64Array(order.length);
  const truePositives = new Float64Array(order.length);
  const falsePositives = new Float64Array(order.length);
  let positives = 0;
  let negatives = 0;
  let length = 0;
  for (let end = order.length - 1; end >= 0; length++) {
    const value = scores[order[end] ?? 0] ?? Number.NaN;
    for (; end >= 0 && scores[order[end] ?? 0] === value; end--) {
      const row = order[end] ?? 0;
      const weight = weights?.[row] ?? 1;
      if (labels[row] === 1) positives += weight;
      else negatives += weight;
    }
    thresholds[length] = value;
    truePositives[length] = positives;
    falsePositives[length] = negatives;
  }
  return {
    thresholds: thresholds.slice(0, length),
    truePositives: truePositives.slice(0, length),
    falsePositives: falsePositives.slice(0, length),
    positives,
    negatives,
  };
}

/** At most `maximum` positions 0 … length − 1, evenly spaced, both ends kept: thins a curve for plotting. Throws RangeError for maximum < 2. */
export function evenPositions(length: number, maximum: number): number[] {
  if (!Number.isInteger(maximum) || maximum < 2) throw new RangeError(`maximum must be a whole number ≥ 2, got ${maximum}`);
  if (length <= maximum) return Array.from({ length }, (_, position) => position);
  return Array.from({ length: maximum }, (_, position) => Math.round((position * (length - 1)) / (maximum - 1)));
}
