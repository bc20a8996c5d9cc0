import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import { createRandom } from '../statistics/random.ts';
import { type CurvesInput, evaluationCurves, maximumCurvePoints } from './curves.ts';

/** Calibrated on purpose: a row is positive with the probability that is its score. */
function simulated(rows: number): CurvesInput {
  const random = createRandom('curves');
  const scores = Float64Array.from({ length: rows }, () => random.next() ** 2);
  const labels = Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0));
  const rule = Float64Array.from(scores, (score) => Math.round(score * 100));
  return { labels, candidate: { scores, threshold: 0.4 }, champion: undefined, baselines: [{ name: 'rule', title: 'score > 40', scores: rule, threshold: 40, probabilities: false }] };
}

describe('the curves of an evaluation', () => {
  const input = simulated(20_000);
  const curves = evaluationCurves(input);
  const [candidate, rule] = curves.models;

  test('are thinned to what a plot shows, with the area they had', () => {
    const roc = candidate?.roc ?? [];
    expect(roc.length).toBeLessThanOrEqual(maximumCurvePoints);
    expect([roc[0], roc.at(-1)]).toEqual([[0, 0], [1, 1]]);
    expect(area(roc)).toBeCloseTo(rocAuc({ labels: input.labels, scores: input.candidate.scores }), 3);
  });

  test('put the operating point where the decisions are', () => {
    const decided = input.candidate.scores.map((score) => (score >= 0.4 ? 1 : 0));
    const hits = decided.filter((guess, row) => guess === 1 && input.labels[row] === 1).length;
    expect(candidate?.operatingPoint.recall).toBeCloseTo(hits / input.labels.filter((label) => label === 1).length, 4);
    expect(curves.thresholds.find(({ threshold }) => threshold === 0.4)?.recall).toBe(candidate?.operatingPoint.recall);
    expect(curves.thresholds.find(({ threshold }) => threshold === 0.4)?.precision).toBe(candidate?.operatingPoint.precision);
  });

  test('count every row in the histogram and in the reliability bins', () => {
    const { positives, negatives } = curves.histogram;
    expect([...positives, ...negatives].reduce((sum, count) => sum + count, 0)).toBe(20_000);
    expect(candidate?.reliability.reduce((sum, { sampleSize }) => sum + sampleSize, 0)).toBe(20_000);
  });

  test('show probabilities that hold as a diagonal, and say nothing of scores that only rank', () => {
    for (const { meanScore, positiveRate } of candidate?.reliability ?? []) expect(Math.abs(positiveRate - meanScore)).toBeLessThan(0.04);
    expect(rule?.reliability).toEqual([]);
  });

  test('are plain JSON, the same bytes for the same rows', () => {
    expect(canonicalJson(evaluationCurves(input) as unknown as Json)).toBe(canonicalJson(curves as unknown as Json));
  });

  test('of one class only, or of no rows, are empty rather than NaN', () => {
    for (const labels of [new Uint8Array(3), Uint8Array.of(1, 1, 1), new Uint8Array(0)]) {
      const scores = Float64Array.from(labels, () => 0.5);
      const found = evaluationCurves({ labels, candidate: { scores, threshold: 0.5 }, champion: undefined, baselines: [] });
      expect(found.models[0]?.roc).toEqual([]);
      expect(() => canonicalJson(found as unknown as Json)).not.toThrow();
    }
  });
});

function area(points: readonly (readonly [number, number])[]): number {
  return points.slice(1).reduce((sum, [x, y], index) => sum + ((x - (points[index]?.[0] ?? 0)) * (y + (points[index]?.[1] ?? 0))) / 2, 0);
}
