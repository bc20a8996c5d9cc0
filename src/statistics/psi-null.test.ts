import { describe, expect, test } from 'vitest';
import { chiSquareQuantile } from './chi-square.ts';
import type { CountsByDay } from './count-by-day.ts';
import { psiCriticalValue, psiNull, psiPValue } from './psi-null.ts';
import { createRandom } from './random.ts';

const binCount = 5;

/** Days of 100 rows over five bins; with `sameBinAllDay` a whole day falls into one bin, the extreme of dependence. */
function reference(dayCount: number, sameBinAllDay: boolean): CountsByDay {
  const random = createRandom('reference');
  const counts = new Float64Array(dayCount * binCount);
  for (let day = 0; day < dayCount; day++) {
    const ofDay = random.integer(binCount);
    for (let row = 0; row < 100; row++) {
      const cell = day * binCount + (sameBinAllDay ? ofDay : random.integer(binCount));
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  return { dayCount, binCount, counts };
}

describe('psiNull', () => {
  test('agrees with the chi-square null where rows are independent', () => {
    const distribution = psiNull(reference(120, false), { windowDays: 28, seed: 1 });
    const expected = (1 / 12_000 + 1 / 2_800) * chiSquareQuantile(0.95, binCount - 1);
    expect(distribution.method).toBe('day-block');
    expect(psiCriticalValue(distribution, 0.05) / expected).toBeGreaterThan(0.8);
    expect(psiCriticalValue(distribution, 0.05) / expected).toBeLessThan(1.25);
  });
  test('rises where rows of a day are alike, which the chi-square null cannot see', () => {
    const independent = psiCriticalValue(psiNull(reference(120, false), { windowDays: 28, seed: 1 }), 0.05);
    const alike = psiCriticalValue(psiNull(reference(120, true), { windowDays: 28, seed: 1 }), 0.05);
    expect(alike / independent).toBeGreaterThan(30);
  });
  test('too few days fall back to chi-square and say so', () => {
    const distribution = psiNull(reference(20, false), { windowDays: 28, seed: 1, currentSize: 1000 });
    expect(distribution).toMatchObject({ method: 'chi-square', degreesOfFreedom: 4, scale: 1 / 2000 + 1 / 1000 });
    if (distribution.method === 'chi-square') expect(distribution.reason).toContain('20 days');
    expect(psiCriticalValue(distribution, 0.05)).toBeCloseTo(0.0015 * 9.487729036781154, 12);
    expect(psiPValue(distribution, 0.0015 * 9.487729036781154)).toBeCloseTo(0.05, 12);
  });
  test('the same seed gives the same sample, another seed another', () => {
    const days = reference(60, false);
    const draw = (seed: number) => psiNull(days, { windowDays: 14, seed, replicates: 50, blockDays: 7 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
  test('whole weeks keep a weekly rhythm out of the null', () => {
    const counts = new Float64Array(84 * 2);
    for (let day = 0; day < 84; day++) counts[day * 2 + (day % 7 < 5 ? 0 : 1)] = 100;
    const weekly = psiNull({ dayCount: 84, binCount: 2, counts }, { windowDays: 28, seed: 1, blockDays: 7, replicates: 100 });
    expect(psiCriticalValue(weekly, 0.01)).toBe(0);
    expect(psiPValue(weekly, 0.1)).toBe(0);
  });
  test('a p-value counts the sample inside it and goes on falling above it', () => {
    const distribution = { method: 'day-block', blockDays: 1, sample: Float64Array.of(1, 2, 3, 4) } as const;
    expect(psiPValue(distribution, 2.5)).toBe(3 / 5);
    expect(psiPValue(distribution, 4)).toBe(2 / 5);
    expect(psiPValue(distribution, 5)).toBeLessThanOrEqual(1 / 5);
    expect(psiPValue(distribution, 50)).toBeLessThan(1e-6);
    expect(psiPValue(distribution, Number.NaN)).toBeNaN();
  });
  test('a reference without rows gives NaN, not an alarm', () => {
    const empty = psiNull({ dayCount: 0, binCount: 3, counts: new Float64Array(0) }, { windowDays: 7, seed: 1 });
    expect(psiCriticalValue(empty, 0.05)).toBeNaN();
    expect(psiPValue(empty, 0.3)).toBeNaN();
    expect(() => psiNull(reference(30, false), { windowDays: 0, seed: 1 })).toThrow(RangeError);
  });
});
