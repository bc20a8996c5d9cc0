import { describe, expect, test } from 'vitest';
import { confidenceBasedEstimation } from './confidence-based-estimation.ts';
import { createRandom } from './random.ts';

describe('confidenceBasedEstimation', () => {
  test('expected counts follow the probabilities', () => {
    const scores = Float64Array.of(0.9, 0.6, 0.2, 0.1);
    const result = confidenceBasedEstimation({ scores, threshold: 0.5, days: Int32Array.of(0, 0, 1, 1), seed: 1 });
    expect(result.accuracy.value).toBeCloseTo((0.9 + 0.6 + 0.8 + 0.9) / 4, 14);
    expect(result.precision.value).toBeCloseTo(1.5 / 2, 14);
    expect(result.recall.value).toBeCloseTo(1.5 / 1.8, 14);
    expect(result.f1.value).toBeCloseTo(3 / 3.8, 14);
    expect(result.positiveRate.value).toBeCloseTo(1.8 / 4, 14);
  });
  test('meets the realised accuracy when labels are drawn from the scores', () => {
    const random = createRandom('calibrated');
    const scores = Float64Array.from({ length: 20_000 }, () => random.next());
    const correct = scores.filter((score) => random.next() < score === score >= 0.3).length;
    const days = Int32Array.from(scores, (_, row) => row % 30);
    const { accuracy } = confidenceBasedEstimation({ scores, threshold: 0.3, days, seed: 1, replicates: 200 });
    expect(Math.abs(accuracy.value - correct / 20_000)).toBeLessThan(0.01);
    expect(accuracy.interval[0]).toBeLessThan(accuracy.value);
    expect(accuracy.interval[1]).toBeGreaterThan(accuracy.value);
  });
  test('a threshold per row is the same as one for all when equal', () => {
    const base = { scores: Float64Array.of(0.9, 0.2, 0.4), days: Int32Array.of(0, 1, 2), seed: 1 };
    expect(confidenceBasedEstimation({ ...base, threshold: new Float64Array(3).fill(0.4) })).toEqual(confidenceBasedEstimation({ ...base, threshold: 0.4 }));
  });
  test('no rows give NaN; scores that are no probabilities are refused', () => {
    const none = confidenceBasedEstimation({ scores: new Float64Array(0), threshold: 0.5, days: new Int32Array(0), seed: 1 });
    expect(none.accuracy).toEqual({ value: Number.NaN, interval: [Number.NaN, Number.NaN], sampleSize: 0 });
    for (const score of [1.2, -0.1, Number.NaN]) {
      expect(() => confidenceBasedEstimation({ scores: Float64Array.of(score), threshold: 0.5, days: Int32Array.of(0), seed: 1 })).toThrow(RangeError);
    }
  });
});
