import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { createRandom } from '../statistics/random.ts';
import { evaluate, type EvaluationInput } from './evaluation.ts';

function input(): EvaluationInput {
  const random = createRandom('evaluation');
  const rows = 2000;
  const labels = Uint8Array.from({ length: rows }, () => (random.next() < 0.3 ? 1 : 0));
  const scoresOf = (noise: number): Float64Array => Float64Array.from(labels, (label) => Math.min(1, Math.max(0, 0.3 + 0.4 * label + noise * (random.next() - 0.5))));
  return {
    labels,
    days: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 100)),
    candidate: { scores: scoresOf(0.6), threshold: 0.5 },
    champion: { scores: scoresOf(1), threshold: 0.5 },
    baselines: [{ name: 'rule', title: 'a rule', scores: scoresOf(1.2), threshold: 0.5, probabilities: false }],
    slices: [{ column: 'origin', values: Array.from({ length: rows }, (_, row) => ['EWR', 'JFK', ''][row % 3] ?? '') }],
    comparison: { margins: { accuracy: 0.05, recall: 0.05 }, minimumRows: 200, minimumPositives: 50, falseDiscoveryRate: 0.05 },
    replicates: 300,
    seed: 'test',
  };
}

describe('the evaluation', () => {
  test('is the same JSON for the same input', () => {
    expect(canonicalJson(evaluate(input()) as unknown as Json)).toBe(canonicalJson(evaluate(input()) as unknown as Json));
  });

  test('a better challenger gains, with an interval around the gain', () => {
    const { differences, candidate, champion } = evaluate(input());
    const gain = differences?.accuracy;
    expect(gain?.value).toBeCloseTo((candidate.accuracy.value ?? 0) - (champion?.accuracy.value ?? 0), 12);
    expect(gain?.interval?.[0]).toBeGreaterThan(0);
  });

  test('a model against itself gains exactly nothing', () => {
    const same = input();
    const { differences, tests } = evaluate({ ...same, champion: same.candidate });
    expect(differences?.recall).toMatchObject({ value: 0, interval: [0, 0] });
    expect(tests).toMatchObject({ mcnemar: { discordant: 0, pValue: 1 }, delong: { pValue: 1 } });
  });

  test('one class gives null, not a number', () => {
    const { candidate } = evaluate({ ...input(), labels: new Uint8Array(2000) });
    expect(candidate.recall.value).toBeNull();
    expect(candidate.rocAuc).toMatchObject({ value: null, interval: null });
  });

  test('a baseline that only ranks has no score of probabilities', () => {
    const [baseline] = evaluate(input()).baselines;
    expect(baseline?.metrics.brier.value).toBeNull();
    expect(baseline?.metrics.rocAuc.value).toBeGreaterThan(0.5);
  });

  test('slices keep every row that belongs to one, with n and interval', () => {
    const { slices } = evaluate(input());
    expect(slices.map(({ value, rows }) => [value, rows])).toEqual([
      ['EWR', 667],
      ['JFK', 667],
    ]);
    expect(slices[0]?.champion?.recall.interval).toHaveLength(2);
  });
});
