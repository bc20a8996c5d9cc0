import { confusionTotal, type ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Share of rows classified correctly, in [0, 1]. NaN for zero rows.
 *
 * @example
 * accuracy({ truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 }); // 0.7
 */
export function accuracy(confusion: ConfusionMatrix): number {
  return (confusion.truePositives + confusion.trueNegatives) / confusionTotal(confusion);
}
