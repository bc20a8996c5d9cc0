import { describe, expect, test } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { compareSlices, extrapolatedPValue, nonInferiorityPValue, type SliceComparison } from './slice-comparison.ts';

const comparison: SliceComparison = { margins: { accuracy: 0.02 }, minimumRows: 200, minimumPositives: 50, falseDiscoveryRate: 0.05 };

function drawn(value: number, { spread = 0.01, count = 2000 } = {}) {
  const random = createRandom(`slice/${value}`);
  const replicates = Float64Array.from({ length: count }, () => value + spread * random.normal());
  return { value, interval: [value - 2 * spread, value + 2 * spread] as const, replicates };
}
const slice = (accuracy: number, rows = 1000, positives = 300) => ({ rows, positives, accuracy: drawn(accuracy), recall: drawn(-1) });
const qValues = (slices: Parameters<typeof compareSlices>[0]) => compareSlices(slices, comparison).map(({ differences }) => differences?.accuracy.qValue ?? null);

describe('non-inferiority by slice', () => {
  test('the p-value is the share of resamples that are not worse by more than the margin, never 0', () => {
    const replicates = Float64Array.of(-0.03, -0.03, -0.03, -0.02, 0.01);
    expect(nonInferiorityPValue({ value: -0.03, replicates }, 0.02)).toBe(3 / 6);
    expect(nonInferiorityPValue({ value: -0.5, replicates: replicates.map(() => -0.5) }, 0.02)).toBe(1 / 6);
  });

  test('undefined differences, or undefined on more than 5 % of the resamples, have no p-value', () => {
    expect(nonInferiorityPValue({ value: Number.NaN, replicates: Float64Array.of(-1) }, 0.02)).toBeNaN();
    expect(nonInferiorityPValue({ value: -1, replicates: Float64Array.from({ length: 100 }, (_, at) => (at < 6 ? Number.NaN : -1)) }, 0.02)).toBeNaN();
  });

  test('a slice that is far worse is found among many that are not, and one at the margin is not', () => {
    const found = qValues([...Array.from({ length: 20 }, () => slice(0)), slice(-0.08), slice(-0.02)]);
    expect(found.at(-2)).toBeLessThan(0.05);
    expect(found.at(-1)).toBeGreaterThan(0.05);
  });

  test('what one slice alone would show, many slices make chance of', () => {
    // p ≈ .02: a discovery by itself, none among 21.
    expect(qValues([slice(-0.0405)])[0]).toBeLessThan(0.05);
    expect(qValues([slice(-0.0405), ...Array.from({ length: 20 }, () => slice(0))])[0]).toBeGreaterThan(0.05);
  });

  test('slices with too few rows or positives are named, have no q-value and are not counted among the tests', () => {
    const judged = compareSlices([slice(-0.0405), ...Array.from({ length: 20 }, () => slice(0, 199)), slice(-0.5, 1000, 49)], comparison);
    expect(judged[0]?.differences?.accuracy.qValue).toBeLessThan(0.05);
    expect(judged[1]).toMatchObject({ notJudged: '199 rows; 200 are needed', differences: { accuracy: { pValue: null, qValue: null } } });
    expect(judged.at(-1)?.notJudged).toBe('49 positive rows; 50 are needed');
  });

  test('a metric without a margin is told and not tested', () => {
    expect(compareSlices([slice(0)], comparison)[0]?.differences?.recall).toMatchObject({ value: -1, pValue: null, qValue: null });
  });

  test('with more slices than the resamples can tell apart, one that is worse in all of them is still found, and one within the margin is not', () => {
    const few = { count: 200 };
    const slices = [-0.5, -0.03, ...Array.from({ length: 25 }, () => 0)].map((value) => ({ ...slice(value), accuracy: drawn(value, few) }));
    // 27 / 201 is above the rate, so the share of resamples alone would let everything pass.
    const found = qValues(slices);
    expect(found[0]).toBeLessThan(0.05);
    expect(Math.min(...found.slice(1).map((value) => value ?? 0))).toBeGreaterThan(0.05);
  });

  test('beyond the resamples the p-value is the tail of their normal distribution; among them it is their share', () => {
    expect(Math.log10(extrapolatedPValue(drawn(-0.08, { count: 200 }), 0.02))).toBeCloseTo(Math.log10(1e-9), -1);
    const among = drawn(-0.03, { count: 200 });
    expect(extrapolatedPValue(among, 0.02)).toBe(nonInferiorityPValue(among, 0.02));
    expect(extrapolatedPValue({ value: -1, replicates: new Float64Array(200).fill(-1) }, 0.02)).toBe(0);
  });
});
