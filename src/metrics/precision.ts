import { type ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Share of predicted positives that are positive, in [0, 1]. NaN when nothing is predicted positive.
 *
 * @example
 * precision({ truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 }); // 0.75
 */
export function precision(confusion: ConfusionMatrix): number {
  return confusion.truePositives / (confusion.truePositives + confusion.falsePositives);
}
