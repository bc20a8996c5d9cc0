import { expect, test } from 'vitest';
import { ascendingOrder, midranks } from './midranks.ts';

test('equal values share the mean of their ranks', () => {
  expect([...midranks(Float64Array.of(5, 1, 5, 0))]).toEqual([3.5, 2, 3.5, 1]);
  expect([...midranks(new Float64Array(0))]).toEqual([]);
});

test('equal values keep row order, infinities sort to the ends, NaN is refused', () => {
  const values = Float64Array.of(2, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  expect([...ascendingOrder(values)]).toEqual([3, 0, 2, 1, 4]);
  expect(() => midranks(Float64Array.of(Number.NaN))).toThrow(RangeError);
});
