import { describe, expect, test } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { prCurve } from './pr-curve.ts';
import { rocAuc } from './roc-auc.ts';
import { rocCurve } from './roc-curve.ts';

const random = createRandom('curves');
const scores = Float64Array.from({ length: 3000 }, () => random.next());
const labels = Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0));

describe('curves for plotting', () => {
  test('the ROC curve runs from (0, 0) to (1, 1) and its thinned area is near the AUC', () => {
    const curve = rocCurve({ labels, scores }, 200);
    expect(curve).toHaveLength(200);
    expect(curve[0]).toEqual({ threshold: null, falsePositiveRate: 0, truePositiveRate: 0 });
    expect(curve.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
    let area = 0;
    curve.reduce((from, to) => {
      area += ((to.falsePositiveRate - from.falsePositiveRate) * (to.truePositiveRate + from.truePositiveRate)) / 2;
      return to;
    });
    expect(Math.abs(area - rocAuc({ labels, scores }))).toBeLessThan(0.005);
  });
  test('the precision–recall curve rises in recall and ends at the positive rate', () => {
    const curve = prCurve({ labels, scores }, 100);
    expect(curve).toHaveLength(100);
    expect(curve.at(-1)?.recall).toBe(1);
    expect(curve.at(-1)?.precision).toBeCloseTo(labels.reduce((sum, label) => sum + label, 0) / 3000, 14);
    const recalls = curve.map((point) => point.recall);
    expect(recalls).toEqual([...recalls].sort((a, b) => a - b));
  });
  test('equal scores are one point', () => {
    expect(prCurve({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.5, 0.5) })).toEqual([{ threshold: 0.5, precision: 0.5, recall: 1 }]);
  });
  test('one class or no rows have no ROC curve, no positives no precision–recall curve', () => {
    const negatives = { labels: Uint8Array.of(0, 0), scores: Float64Array.of(0.1, 0.2) };
    expect(rocCurve(negatives)).toEqual([]);
    expect(prCurve(negatives)).toEqual([]);
    expect(() => rocCurve(negatives, 2)).toThrow(RangeError);
  });
});
