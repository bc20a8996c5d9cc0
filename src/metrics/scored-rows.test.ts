import { describe, expect, test } from 'vitest';
import { checkProbabilityRows, checkScoredRows, checkThreshold } from './scored-rows.ts';

const labels = Uint8Array.of(0, 1);
const scores = Float64Array.of(0.2, 0.7);

describe('rows that no metric accepts', () => {
  test('lengths that differ', () => {
    expect(() => checkScoredRows({ labels, scores: Float64Array.of(0.2) })).toThrow(RangeError);
    expect(() => checkScoredRows({ labels, scores, weights: Float64Array.of(1) })).toThrow(RangeError);
    expect(() => checkThreshold(Float64Array.of(0.5), 2)).toThrow(RangeError);
  });
  test('labels that are not 0 or 1, among them the NaN of a label that has not come', () => {
    expect(() => checkScoredRows({ labels: Float32Array.of(0, Number.NaN), scores })).toThrow('label of row 1 is NaN');
    expect(() => checkScoredRows({ labels: Uint8Array.of(2, 0), scores })).toThrow(RangeError);
  });
  test('NaN scores and thresholds, scores that are no probabilities', () => {
    expect(() => checkScoredRows({ labels, scores: Float64Array.of(0.1, Number.NaN) })).toThrow('score of row 1');
    expect(() => checkThreshold(Number.NaN, 2)).toThrow(RangeError);
    expect(() => checkThreshold(Float64Array.of(0.5, Number.NaN), 2)).toThrow(RangeError);
    expect(() => checkProbabilityRows({ labels, scores: Float64Array.of(0.1, 1.5) })).toThrow(RangeError);
    expect(() => checkScoredRows({ labels, scores: Float64Array.of(-3, 12) })).not.toThrow();
  });
  test('weights that are negative or not finite', () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkScoredRows({ labels, scores, weights: Float64Array.of(1, weight) })).toThrow(RangeError);
    }
  });
});
