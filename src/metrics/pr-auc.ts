import { ascendingOrder } from '../statistics/midranks.ts';
import { checkScoredRows, type ScoredRows } from './scored-rows.ts';

/**
 * Average precision: Σ (recall step) · precision over distinct scores from the top, no interpolation. In [0, 1]; NaN when no positive has weight;
 * 1 when every row is positive. Its chance level is the positive rate, so compare only on the same rows.
 * Source: Davis and Goadrich 2006 (why not to interpolate linearly). Throws RangeError as `checkScoredRows`.
 *
 * @example
 * prAuc({ labels: Uint8Array.of(0, 0, 1, 1), scores: Float64Array.of(0.1, 0.4, 0.35, 0.8) }); // 0.8333…
 */
export function prAuc(rows: ScoredRows): number {
  checkScoredRows(rows);
  const { labels, scores, weights } = rows;
  const order = ascendingOrder(scores);
  let positives = 0;
  let predicted = 0;
  let sum = 0;
  for (let end = order.length - 1; end >= 0; ) {
    const value = scores[order[end] ?? 0];
    let tiedPositives = 0;
    for (; end >= 0 && scores[order[end] ?? 0] === value; end--) {
      const row = order[end] ?? 0;
      const weight = weights?.[row] ?? 1;
      predicted += weight;
      if (labels[row] === 1) tiedPositives += weight;
    }
    positives += tiedPositives;
    if (tiedPositives > 0) sum += tiedPositives * (positives / predicted);
  }
  return positives === 0 ? Number.NaN : sum / positives;
}
