import { checkProbabilityRows, type ScoredRows } from './scored-rows.ts';

/**
 * Brier score: mean squared distance of probability and label, in [0, 1], lower is better. NaN for zero rows or zero weight.
 * Source: Brier 1950. Throws RangeError as `checkProbabilityRows`.
 *
 * @example
 * brier({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.8, 0.4) }); // (0.04 + 0.16) / 2 = 0.1
 */
export function brier(rows: ScoredRows): number {
  checkProbabilityRows(rows);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < rows.scores.length; row++) {
    const weight = rows.weights?.[row] ?? 1;
    sum += weight * ((rows.scores[row] ?? 0) - (rows.labels[row] ?? 0)) ** 2;
    total += weight;
  }
  return sum / total;
}
