import { confusionTotal, type ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Share of rows predicted positive, in [0, 1]. NaN for zero rows.
 *
 * @example
 * predictedPositiveRate({ truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 }); // 0.4
 */
export function predictedPositiveRate(confusion: ConfusionMatrix): number {
  return (confusion.truePositives + confusion.falsePositives) / confusionTotal(confusion);
}
