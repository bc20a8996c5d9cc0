import { describe, expect, test } from 'vitest';
import { dayBlockBootstrap, differenceOf, ratioOfSums } from './day-block-bootstrap.ts';
import { createRandom } from './random.ts';

const dayCount = 40;
const rows = new Float64Array(dayCount).fill(100);
const random = createRandom('days');
const correct = rows.map(() => 80 + random.integer(11));

describe('dayBlockBootstrap', () => {
  test('the interval has the width that the spread between days asks for', () => {
    const { value, interval, replicates } = dayBlockBootstrap({ a: ratioOfSums(correct, rows) }, { dayCount, seed: 1 }).a;
    const shares = correct.map((count) => count / 100);
    const mean = shares.reduce((sum, share) => sum + share, 0) / dayCount;
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / dayCount);
    expect(value).toBeCloseTo(mean, 12);
    expect(replicates).toHaveLength(2000);
    const expected = (2 * 1.96 * deviation) / Math.sqrt(dayCount);
    expect((interval[1] - interval[0]) / expected).toBeGreaterThan(0.9);
    expect((interval[1] - interval[0]) / expected).toBeLessThan(1.1);
  });
  test('a paired difference of a constant gain is certain, whatever the days', () => {
    const better = correct.map((count) => count + 2);
    const { gain } = dayBlockBootstrap(
      { gain: differenceOf(ratioOfSums(better, rows), ratioOfSums(correct, rows)) },
      { dayCount, seed: 1, replicates: 200 },
    );
    expect(gain.interval[0]).toBeCloseTo(0.02, 12);
    expect(gain.interval[1]).toBeCloseTo(0.02, 12);
  });
  test('the same seed gives the same replicates, and all statistics share the draws', () => {
    const statistic = ratioOfSums(correct, rows);
    const run = (seed: string) => dayBlockBootstrap({ a: statistic, b: statistic }, { dayCount, seed, replicates: 50 });
    expect(run('x')).toEqual(run('x'));
    expect(run('x').a).toEqual(run('x').b);
    expect(run('x').a.replicates).not.toEqual(run('y').a.replicates);
  });
  test('every resample holds as many days as the sample, also when blocks do not divide it', () => {
    const resamples: number[] = [];
    dayBlockBootstrap({ total: (weights) => resamples.push(weights.reduce((sum, weight) => sum + weight, 0)) }, { dayCount, seed: 1, replicates: 20, blockDays: 7 });
    expect(new Set(resamples)).toEqual(new Set([dayCount]));
  });
  test('one day or none has no interval', () => {
    const one = dayBlockBootstrap({ a: ratioOfSums(Float64Array.of(8), Float64Array.of(10)) }, { dayCount: 1, seed: 1 }).a;
    expect(one.value).toBe(0.8);
    expect(one.interval[0]).toBeNaN();
    const none = dayBlockBootstrap({ a: ratioOfSums(new Float64Array(0), new Float64Array(0)) }, { dayCount: 0, seed: 1 }).a;
    expect(none.value).toBeNaN();
  });
  test('a statistic that most resamples cannot compute has no interval', () => {
    const positives = new Float64Array(dayCount);
    positives[0] = 3;
    const { a } = dayBlockBootstrap({ a: ratioOfSums(positives, positives) }, { dayCount, seed: 1 });
    expect(a.value).toBe(1);
    expect(a.interval).toEqual([Number.NaN, Number.NaN]);
  });
  test('broken options are refused', () => {
    expect(() => dayBlockBootstrap({}, { dayCount: 3, seed: 1, replicates: 0 })).toThrow(RangeError);
    expect(() => dayBlockBootstrap({}, { dayCount: 1.5, seed: 1 })).toThrow(RangeError);
    expect(() => dayBlockBootstrap({}, { dayCount: 3, seed: 1, level: 1 })).toThrow(RangeError);
    expect(() => ratioOfSums(new Float64Array(1), new Float64Array(2))).toThrow(RangeError);
  });
});
