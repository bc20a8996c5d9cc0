import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { populationStability, psiOfCounts } from './psi.ts';

const counts = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 12 });

describe('populationStability', () => {
  test('agrees with the textbook sum when no bin is empty', () => {
    const result = populationStability([50, 50], [60, 40]);
    expect(result.psi).toBeCloseTo(0.1 * Math.log(1.2) - 0.1 * Math.log(0.8), 14);
    expect(result.usedBins).toBe(2);
  });
  test('a bin empty on one side counts as half a row', () => {
    expect(populationStability([10, 0], [5, 5]).contributions[1]).toBeCloseTo((0.5 - 0.05) * Math.log(10), 14);
  });
  test('a bin empty on both sides is not used', () => {
    expect(populationStability([50, 0, 50], [60, 0, 40]).psi).toBe(populationStability([50, 50], [60, 40]).psi);
    expect(populationStability([50, 0, 50], [60, 0, 40]).usedBins).toBe(2);
  });
  test('no rows on a side give NaN, impossible counts are refused', () => {
    expect(populationStability([1, 1], [0, 0]).psi).toBeNaN();
    expect(() => populationStability([1, -1], [1, 1])).toThrow(RangeError);
    expect(() => populationStability([1, Number.NaN], [1, 1])).toThrow(RangeError);
    expect(() => populationStability([1], [1, 1])).toThrow(RangeError);
  });
  test('is symmetric, not negative, zero against itself, and the loop form agrees', () => {
    fc.assert(
      fc.property(counts, (pairs) => {
        const a = Float64Array.from(pairs, ([first]) => first + 1);
        const b = Float64Array.from(pairs, ([, second]) => second);
        b[0] = (b[0] ?? 0) + 1;
        const { psi, contributions } = populationStability(a, b);
        expect(psi).toBeCloseTo(populationStability(b, a).psi, 10);
        expect(Math.min(...contributions)).toBeGreaterThanOrEqual(0);
        expect(populationStability(a, a).psi).toBe(0);
        expect(psiOfCounts(a, b)).toBe(psi);
      }),
    );
  });
});
