import { describe, expect, test } from 'vitest';
import { prAuc } from './pr-auc.ts';

const labels = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1);
const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.2, 0.9, 0.4, 0.4, 0.6, 0.55, 0.05, 0.7);
const weights = Float64Array.of(1, 2, 1, 3, 1, 1, 2, 1, 1, 2, 1, 1);

describe('prAuc', () => {
  test('agrees with sklearn.metrics.average_precision_score, ties and weights included', () => {
    expect(prAuc({ labels, scores })).toBeCloseTo(0.8819444444444443, 14);
    expect(prAuc({ labels, scores, weights })).toBeCloseTo(0.8887362637362637, 14);
  });
  test('scores without information give the positive rate', () => {
    expect(prAuc({ labels: Uint8Array.of(1, 0, 0, 0), scores: new Float64Array(4) })).toBe(0.25);
  });
  test('no positives give NaN, only positives 1', () => {
    expect(prAuc({ labels: Uint8Array.of(0, 0), scores: Float64Array.of(0.1, 0.2) })).toBeNaN();
    expect(prAuc({ labels: new Uint8Array(0), scores: new Float64Array(0) })).toBeNaN();
    expect(prAuc({ labels: Uint8Array.of(1, 1), scores: Float64Array.of(0.1, 0.2) })).toBe(1);
  });
  test('a row without weight above all others changes nothing', () => {
    expect(prAuc({ labels: Uint8Array.of(1, 1, 0), scores: Float64Array.of(0.9, 0.5, 0.1), weights: Float64Array.of(0, 1, 1) })).toBe(1);
  });
});
