import { describe, expect, test } from 'vitest';
import { logGamma, upperRegularizedGamma } from './gamma.ts';

// Reference values: scipy.special.gammaln and gammaincc.
describe('logGamma', () => {
  test.each([
    [5, Math.log(24)],
    [0.3, 1.0957979948180756],
    [123.4, 469.3360974421906],
  ])('of %d agrees with the reference', (x, expected) => {
    expect(logGamma(x) / expected).toBeCloseTo(1, 12);
  });
  test('zero, negative and NaN are refused', () => {
    for (const x of [0, -1, Number.NaN]) expect(() => logGamma(x)).toThrow(RangeError);
  });
});

describe('upperRegularizedGamma', () => {
  test.each([
    [1, 2, Math.exp(-2)],
    [0.5, 3, 0.014305878435429641],
    [50, 30, 0.999481108537452],
    [2.5, 40, 8.391825114831597e-16],
  ])('of (%d, %d) keeps its relative precision', (a, x, expected) => {
    expect(upperRegularizedGamma(a, x) / expected).toBeCloseTo(1, 10);
  });
  test('is 1 at zero and 0 at infinity', () => {
    expect(upperRegularizedGamma(2, 0)).toBe(1);
    expect(upperRegularizedGamma(2, Number.POSITIVE_INFINITY)).toBe(0);
  });
});
