import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile } from './quantile.ts';

describe('quantile', () => {
  test('interpolates between neighbours and leaves NaN out', () => {
    expect(quantile(Float64Array.of(4, 1, Number.NaN, 3, 2), 0.5)).toBe(2.5);
    expect(quantile(Float64Array.of(0, 10), 0.95)).toBe(9.5);
  });
  test('no values give NaN, one value is every quantile', () => {
    expect(quantile(Float64Array.of(Number.NaN), 0.5)).toBeNaN();
    expect(quantile(Float64Array.of(7), 0.9)).toBe(7);
  });
  test('equal infinities stay infinite', () => {
    expect(quantile(Float64Array.of(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY), 0.3)).toBe(Number.POSITIVE_INFINITY);
  });
  test('lies between the extremes and grows with q', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const column = Float64Array.from(values);
        const value = quantile(column, q);
        expect(value).toBeGreaterThanOrEqual(quantile(column, q / 2));
        expect(value).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
  test('q outside [0, 1] is refused', () => {
    expect(() => quantile(Float64Array.of(1), -0.1)).toThrow(RangeError);
  });
});
