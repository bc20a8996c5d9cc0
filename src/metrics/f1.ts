import { type ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Harmonic mean of precision and recall, 2TP / (2TP + FP + FN), in [0, 1]. NaN when nothing is positive or predicted so.
 *
 * @example
 * f1({ truePositives: 6, falsePositives: 2, trueNegatives: 8, falseNegatives: 4 }); // 0.666…
 */
export function f1(confusion: ConfusionMatrix): number {
  const { truePositives, falsePositives, falseNegatives } = confusion;
  return (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
}
