import { describe, expect, test } from 'vitest';
import { chiSquareTest } from './chi-square-test.ts';

describe('chiSquareTest', () => {
  test('agrees with scipy.stats.chi2_contingency', () => {
    const result = chiSquareTest([10, 20, 30], [25, 15, 20]);
    expect(result.statistic).toBeCloseTo(9.142857142857142, 12);
    expect(result.pValue).toBeCloseTo(0.010343173196618252, 12);
    expect(result.degreesOfFreedom).toBe(2);
    expect(result.cramersV).toBeCloseTo(Math.sqrt(9.142857142857142 / 120), 12);
  });
  test('categories empty on both sides cost no degree of freedom', () => {
    expect(chiSquareTest([10, 0, 20], [20, 0, 10])).toEqual(chiSquareTest([10, 20], [20, 10]));
  });
  test('one category is no evidence, no rows is NaN', () => {
    expect(chiSquareTest([5, 0], [9, 0])).toEqual({ statistic: 0, degreesOfFreedom: 0, pValue: 1, cramersV: 0 });
    expect(chiSquareTest([0, 0], [1, 2]).pValue).toBeNaN();
    expect(() => chiSquareTest([1], [1, 1])).toThrow(RangeError);
  });
});
