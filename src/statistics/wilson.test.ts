import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wilson } from './wilson.ts';

describe('wilson', () => {
  test('agrees with scipy.stats.binomtest(...).proportion_ci', () => {
    expect(wilson(8, 10).interval[0]).toBeCloseTo(0.4901624715366418, 12);
    expect(wilson(8, 10).interval[1]).toBeCloseTo(0.9433178485456248, 12);
    expect(wilson(0, 20).interval[0]).toBe(0);
    expect(wilson(0, 20).interval[1]).toBeCloseTo(0.16112515805281935, 12);
  });
  test('the interval holds the share and stays in [0, 1]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (trials, hits) => {
        const { value, interval } = wilson(Math.min(hits, trials), trials);
        expect(interval[0]).toBeGreaterThanOrEqual(0);
        expect(interval[1]).toBeLessThanOrEqual(1);
        expect(interval[0]).toBeLessThanOrEqual(value);
        expect(interval[1]).toBeGreaterThanOrEqual(value);
      }),
    );
  });
  test('no trials give NaN, more successes than trials are refused', () => {
    expect(wilson(0, 0).value).toBeNaN();
    expect(() => wilson(3, 2)).toThrow(RangeError);
    expect(() => wilson(1, 2, 1)).toThrow(RangeError);
  });
});
