import { ascendingOrder } from '../statistics/midranks.ts';
import { checkScoredRows, type ScoredRows } from './scored-rows.ts';

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties half. In [0, 1]; NaN unless both classes have weight.
 * O(n log n). Source: Hanley and McNeil 1982. Throws RangeError as `checkScoredRows`.
 *
 * @example
 * rocAuc({ labels: Uint8Array.of(0, 0, 1, 1), scores: Float64Array.of(0.1, 0.4, 0.35, 0.8) }); // 0.75
 */
export function rocAuc(rows: ScoredRows): number {
  checkScoredRows(rows);
  const { labels, scores, weights } = rows;
  const order = ascendingOrder(scores);
  let wins = 0;
  let negativesBelow = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    const value = scores[order[start] ?? 0];
    let tiedPositives = 0;
    let tiedNegatives = 0;
    let end = start;
    for (; end < order.length && scores[order[end] ?? 0] === value; end++) {
      const row = order[end] ?? 0;
      const weight = weights?.[row] ?? 1;
      if (labels[row] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    wins += tiedPositives * (negativesBelow + tiedNegatives / 2);
    negativesBelow += tiedNegatives;
    positives += tiedPositives;
    start = end;
  }
  const pairs = positives * negativesBelow;
  return pairs === 0 ? Number.NaN : wins / pairs;
}
