import { describe, expect, test } from 'vitest';
import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';

// Reference values: scipy.stats.chi2.
describe('chi-square distribution', () => {
  test('the survival function keeps its precision far out', () => {
    expect(chiSquareSurvival(100, 3) / 1.5541594313896026e-21).toBeCloseTo(1, 10);
    expect(chiSquareSurvival(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
  });
  test.each([
    [0.95, 9, 16.918977604620448],
    [0.999, 0.7, 9.678126727421994],
    [0.001, 4, 0.09080403553897909],
  ])('the %d quantile with %d degrees of freedom agrees with the reference', (probability, degrees, expected) => {
    expect(chiSquareQuantile(probability, degrees)).toBeCloseTo(expected, 9);
  });
  test('the ends are 0 and infinity, nonsense is refused', () => {
    expect(chiSquareQuantile(0, 3)).toBe(0);
    expect(chiSquareQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(chiSquareSurvival(-1, 3)).toBe(1);
    expect(() => chiSquareSurvival(1, 0)).toThrow(RangeError);
    expect(() => chiSquareQuantile(2, 3)).toThrow(RangeError);
  });
});
