import { checkScoredRows, checkThreshold, thresholdOfRow, type ScoredRows, type Threshold } from './scored-rows.ts';

/** Rows (or their weights) by prediction and label. */
export interface ConfusionMatrix {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/**
 * Counts at a threshold (score ≥ threshold is predicted positive); all zero for zero rows. Throws RangeError as `checkScoredRows` and `checkThreshold`.
 *
 * @example
 * confusionMatrix({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.9, 0.2) }, 0.5);
 * // { truePositives: 1, falsePositives: 0, trueNegatives: 1, falseNegatives: 0 }
 */
export function confusionMatrix(rows: ScoredRows, threshold: Threshold): ConfusionMatrix {
  checkScoredRows(rows);
  checkThreshold(threshold, rows.scores.length);
  let truePositives = 0;
  let falsePositives = 0;
  let trueNegatives = 0;
  let falseNegatives = 0;
  for (let row = 0; row < rows.scores.length; row++) {
    const weight = rows.weights?.[row] ?? 1;
    const positive = rows.labels[row] === 1;
    if ((rows.scores[row] ?? Number.NaN) >= thresholdOfRow(threshold, row)) {
      if (positive) truePositives += weight;
      else falsePositives += weight;
    } else if (positive) falseNegatives += weight;
    else trueNegatives += weight;
  }
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Everything counted. */
export function confusionTotal(confusion: ConfusionMatrix): number {
  return confusion.truePositives + confusion.falsePositives + confusion.trueNegatives + confusion.falseNegatives;
}
