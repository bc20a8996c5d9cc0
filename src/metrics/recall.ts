import { type ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Share of positives that are predicted positive, in [0, 1]. NaN when there is no positive.
 *
 * @example
 * recall({ truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 }); // 0.6
 */
export function recall(confusion: ConfusionMatrix): number {
  return confusion.truePositives / (confusion.truePositives + confusion.falseNegatives);
}
