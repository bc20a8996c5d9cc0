import { describe, expect, test } from 'vitest';
import { mcnemar } from './mcnemar.ts';

// Reference values: scipy.stats.binomtest and chi2.
describe('mcnemar', () => {
  test.each([
    [1, 9, 0.021484375],
    [30, 70, 7.85013964559367e-5],
    [5, 15, 0.04138946533203125],
    [4, 4, 1],
  ])('is exact for %d against %d', (first, second, expected) => {
    expect(mcnemar(first, second)).toMatchObject({ method: 'exact', discordant: first + second });
    expect(mcnemar(first, second).pValue / expected).toBeCloseTo(1, 10);
    expect(mcnemar(second, first).pValue).toBe(mcnemar(first, second).pValue);
  });
  test('many disagreements use chi-square with continuity correction', () => {
    const result = mcnemar(700, 800);
    expect(result.method).toBe('chi-square');
    expect(result.pValue).toBeCloseTo(0.010583170238765134, 12);
  });
  test('the two methods meet at the limit', () => {
    expect(Math.abs(mcnemar(470, 530).pValue - mcnemar(471, 530).pValue)).toBeLessThan(0.006);
  });
  test('no disagreement is no evidence; a negative or broken count is refused', () => {
    expect(mcnemar(0, 0).pValue).toBe(1);
    expect(() => mcnemar(-1, 2)).toThrow(RangeError);
    expect(() => mcnemar(1.5, 2)).toThrow(RangeError);
  });
});
