import { describe, expect, test } from 'vitest';
import { dayIndex, daySums, utcDays } from './day-index.ts';

describe('dayIndex', () => {
  test('days become a gapless ascending index', () => {
    const days = dayIndex(Int32Array.of(20, 10, 20, -3));
    expect([...days.index]).toEqual([2, 1, 2, 0]);
    expect(days.dayCount).toBe(3);
    expect([...days.days]).toEqual([-3, 10, 20]);
  });
  test('sums and counts gather by day', () => {
    const days = dayIndex(Int32Array.of(1, 2, 1));
    expect([...daySums(days, Float64Array.of(1, 5, 2))]).toEqual([3, 5]);
    expect([...daySums(days)]).toEqual([2, 1]);
    expect(() => daySums(days, [1])).toThrow(RangeError);
  });
  test('a UTC day ends at midnight UTC, also before 1970', () => {
    const timestamps = Float64Array.of(Date.UTC(2013, 0, 1) - 1, Date.UTC(2013, 0, 1), -1);
    expect([...utcDays(timestamps)]).toEqual([15705, 15706, -1]);
    expect(() => utcDays(Float64Array.of(Number.NaN))).toThrow(RangeError);
  });
});
