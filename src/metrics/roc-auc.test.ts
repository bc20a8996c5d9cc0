import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rocAuc } from './roc-auc.ts';

const labels = Uint8Array.of(0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1);
const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.2, 0.9, 0.4, 0.4, 0.6, 0.55, 0.05, 0.7);

describe('rocAuc', () => {
  test('ties count half, as in sklearn.metrics.roc_auc_score', () => {
    expect(rocAuc({ labels, scores })).toBeCloseTo(0.8611111111111112, 14);
    expect(rocAuc({ labels: Uint8Array.of(0, 1), scores: Float64Array.of(0.5, 0.5) })).toBe(0.5);
  });
  test('a weight of two is the row twice', () => {
    const weights = new Float64Array(12).fill(1);
    weights[2] = 2;
    weights[9] = 3;
    const twice = { labels: Uint8Array.from([...labels, 1, 0, 0]), scores: Float64Array.from([...scores, 0.35, 0.55, 0.55]) };
    expect(rocAuc({ labels, scores, weights })).toBeCloseTo(rocAuc(twice), 14);
  });
  test('one class, no rows or a class without weight give NaN', () => {
    expect(rocAuc({ labels: Uint8Array.of(1, 1), scores: Float64Array.of(0.1, 0.2) })).toBeNaN();
    expect(rocAuc({ labels: new Uint8Array(0), scores: new Float64Array(0) })).toBeNaN();
    expect(rocAuc({ labels: Uint8Array.of(0, 1), scores: Float64Array.of(0.1, 0.2), weights: Float64Array.of(0, 1) })).toBeNaN();
  });
  test('is the share of pairs won, and turning the scores round turns it round', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { minLength: 2, maxLength: 40 }), (pairs) => {
        const positives = pairs.filter(([label]) => label);
        const negatives = pairs.filter(([label]) => !label);
        fc.pre(positives.length > 0 && negatives.length > 0);
        let won = 0;
        for (const [, high] of positives) for (const [, low] of negatives) won += high > low ? 1 : high === low ? 0.5 : 0;
        const rows = { labels: Uint8Array.from(pairs, ([label]) => Number(label)), scores: Float64Array.from(pairs, ([, score]) => score) };
        expect(rocAuc(rows)).toBeCloseTo(won / positives.length / negatives.length, 12);
        expect(rocAuc({ ...rows, scores: rows.scores.map((score) => -score) })).toBeCloseTo(1 - rocAuc(rows), 12);
      }),
    );
  });
});
