import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalCdf, normalQuantile, normalTwoSidedPValue } from './normal-distribution.ts';

// Reference values: scipy.stats.norm.
describe('normal distribution', () => {
  test('far tails keep their relative precision', () => {
    expect(normalCdf(-8) / 6.22096057427174e-16).toBeCloseTo(1, 10);
  });
  test.each([
    [1e-10, -6.361340902404056],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
    [0.5, 0],
  ])('the quantile of %d agrees with the reference', (probability, expected) => {
    expect(normalQuantile(probability)).toBeCloseTo(expected, 10);
  });
  test('the quantile undoes the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true }), (probability) => {
        expect(normalCdf(normalQuantile(probability)) / probability).toBeCloseTo(1, 8);
      }),
    );
  });
  test('a two-sided p-value counts both tails', () => {
    expect(normalTwoSidedPValue(-1.959963984540054)).toBeCloseTo(0.05, 12);
  });
  test('NaN stays NaN and an impossible probability is refused', () => {
    expect(normalCdf(Number.NaN)).toBeNaN();
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });
});
