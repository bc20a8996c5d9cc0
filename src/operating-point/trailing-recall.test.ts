import { describe, expect, it } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { type OperatingPointRows, type TrailingRecall, trailingRecallThreshold } from './trailing-recall.ts';

const day = 15_900;
const policy: TrailingRecall = { target: 0.8, days: 28, delay: 2, minimumPositives: 5, fallback: 0.31 };

/** Rows of days day − 40 … day + 5, 20 a day, with labels that their scores announce. */
function history(seed = 'history'): OperatingPointRows & { readonly knownAt: Float64Array } {
  const random = createRandom(seed);
  const days = Int32Array.from({ length: 46 * 20 }, (_, row) => day - 40 + Math.floor(row / 20));
  const scores = Float64Array.from(days, () => random.next());
  const labels = scores.map((score) => (random.next() < score * score ? 1 : 0));
  return { scores, labels, days, knownAt: Float64Array.from(days, (of) => (of + 1) * 86_400_000 + 3_600_000) };
}

const rows = history();
const within = (first: number, last: number): number[] => [...rows.days.keys()].filter((row) => (rows.days[row] ?? 0) >= first && (rows.days[row] ?? 0) <= last);
const changed = (positions: readonly number[], label: number): OperatingPointRows => ({ ...rows, labels: rows.labels.map((value, row) => (positions.includes(row) ? label : value)) });

describe('trailingRecallThreshold', () => {
  it('reaches the target on the 28 days that end two days before, and no higher threshold does', () => {
    const point = trailingRecallThreshold(rows, day, policy);
    const positives = within(day - 29, day - 2).filter((row) => rows.labels[row] === 1);
    const recallAt = (threshold: number): number => positives.filter((row) => (rows.scores[row] ?? 0) >= threshold).length / positives.length;
    expect(point).toMatchObject({ day, source: 'trailing', rows: 28 * 20, positives: positives.length });
    expect(recallAt(point.threshold)).toBeGreaterThanOrEqual(0.8);
    expect(recallAt(point.threshold + 1e-9)).toBeLessThan(0.8);
  });

  it('never looks at a label outside the window', () => {
    const outside = [...within(0, day - 30), ...within(day - 1, day + 9)];
    expect(trailingRecallThreshold(changed(outside, 1), day, policy)).toEqual(trailingRecallThreshold(rows, day, policy));
    expect(trailingRecallThreshold(changed(within(day - 29, day - 29), 1), day, policy)).not.toEqual(trailingRecallThreshold(rows, day, policy));
  });

  it('never uses a label that was not known when the day began', () => {
    const late = within(day - 5, day - 2);
    const knownAt = rows.knownAt.map((time, row) => (late.includes(row) ? (row % 2 === 0 ? day * 86_400_000 : NaN) : time));
    const point = trailingRecallThreshold({ ...rows, knownAt }, day, policy);
    expect(point.rows).toBe(24 * 20);
    expect(trailingRecallThreshold({ ...changed(late, 1), knownAt }, day, policy)).toEqual(point);
  });

  it('leaves out rows without a label', () => {
    const unlabelled = within(day - 10, day - 8);
    expect(trailingRecallThreshold(changed(unlabelled, NaN), day, policy).rows).toBe(25 * 20);
  });

  it('falls back with too few positives, and on rows without any', () => {
    const { positives } = trailingRecallThreshold(rows, day, policy);
    expect(trailingRecallThreshold(rows, day, { ...policy, minimumPositives: positives }).source).toBe('trailing');
    expect(trailingRecallThreshold(rows, day, { ...policy, minimumPositives: positives + 1 })).toMatchObject({ source: 'validation', threshold: 0.31, positives });
    const none: OperatingPointRows = { scores: new Float64Array(), labels: new Float64Array(), days: new Int32Array() };
    expect(trailingRecallThreshold(none, day, { ...policy, minimumPositives: 0 })).toEqual({ day, source: 'validation', threshold: 0.31, rows: 0, positives: 0 });
  });

  it('a higher target never gives a higher threshold', () => {
    const thresholds = [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((target) => trailingRecallThreshold(rows, day, { ...policy, target }).threshold);
    expect(thresholds).toEqual(thresholds.toSorted((left, right) => right - left));
    expect(new Set(thresholds).size).toBeGreaterThan(3);
  });

  it('does not depend on the order of the rows', () => {
    const order = createRandom('order').shuffle(Int32Array.from(rows.days.keys()));
    const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row] ?? NaN);
    const shuffled = { scores: pick(rows.scores), labels: pick(rows.labels), days: Int32Array.from(order, (row) => rows.days[row] ?? 0), knownAt: pick(rows.knownAt) };
    expect(trailingRecallThreshold(shuffled, day, policy)).toEqual(trailingRecallThreshold(rows, day, policy));
  });

  it.each([{ target: 0 }, { target: 1.1 }, { days: 0 }, { days: 1.5 }, { delay: 0 }])('refuses %o', (change) => {
    expect(() => trailingRecallThreshold(rows, day, { ...policy, ...change })).toThrow(RangeError);
  });

  it('refuses columns of different lengths', () => {
    expect(() => trailingRecallThreshold({ ...rows, labels: rows.labels.slice(1) }, day, policy)).toThrow(RangeError);
  });
});
