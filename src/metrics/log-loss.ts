import { checkProbabilityRows, type ScoredRows } from './scored-rows.ts';

/** Probabilities are kept this far from 0 and 1, so one sure mistake costs 34.5 and not infinity. */
const margin = 1e-15;

/**
 * Mean negative log-likelihood in nats, ≥ 0, lower is better. NaN for zero rows or zero weight. Probabilities are clipped to [1e-15, 1 − 1e-15].
 * Throws RangeError as `checkProbabilityRows`.
 *
 * @example
 * logLoss({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.5, 0.5) }); // Math.LN2
 */
export function logLoss(rows: ScoredRows): number {
  checkProbabilityRows(rows);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < rows.scores.length; row++) {
    const weight = rows.weights?.[row] ?? 1;
    sum += weight * logLossOfRow(rows.labels[row] ?? 0, rows.scores[row] ?? 0);
    total += weight;
  }
  return sum / total;
}

/** One row's share, unweighted. */
export function logLossOfRow(label: number, score: number): number {
  const probability = Math.min(1 - margin, Math.max(margin, label === 1 ? score : 1 - score));
  return -Math.log(probability);
}
