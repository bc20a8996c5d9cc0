import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confusionMatrix } from './confusion-matrix.ts';
import { recall } from './recall.ts';
import { thresholdForRecall } from './threshold-for-recall.ts';

describe('thresholdForRecall', () => {
  test('is the highest threshold that reaches the target', () => {
    const rows = { labels: Uint8Array.of(1, 0, 1, 1, 0), scores: Float64Array.of(0.9, 0.8, 0.7, 0.4, 0.1) };
    expect(thresholdForRecall(rows, 0.6)).toEqual({ threshold: 0.7, recall: 2 / 3, accuracy: 3 / 5, sampleSize: 5, positives: 3 });
  });
  test('a target met exactly is met in spite of rounding', () => {
    const scores = Float64Array.from({ length: 10 }, (_, index) => index / 10);
    expect(thresholdForRecall({ labels: new Uint8Array(10).fill(1), scores }, 0.7).threshold).toBe(0.3);
  });
  test('reaches the target, and the next distinct score above does not', () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.double({ min: 0.05, max: 1, noNaN: true }), (pairs, target) => {
        const data = { labels: Uint8Array.from(pairs, ([label]) => Number(label)), scores: Float64Array.from(pairs, ([, score]) => score / 10) };
        fc.pre(data.labels.includes(1));
        const { threshold } = thresholdForRecall(data, target);
        expect(recall(confusionMatrix(data, threshold))).toBeGreaterThanOrEqual(target - 1e-9);
        expect(recall(confusionMatrix(data, threshold + 0.001))).toBeLessThan(target + 1e-9);
      }),
    );
  });
  test('no positives give a NaN threshold, an impossible target is refused', () => {
    expect(thresholdForRecall({ labels: Uint8Array.of(0), scores: Float64Array.of(0.4) }, 0.8)).toMatchObject({ threshold: Number.NaN, positives: 0, sampleSize: 1 });
    expect(thresholdForRecall({ labels: new Uint8Array(0), scores: new Float64Array(0) }, 0.8).threshold).toBeNaN();
    expect(() => thresholdForRecall({ labels: Uint8Array.of(1), scores: Float64Array.of(0.4) }, 0)).toThrow(RangeError);
  });
});
