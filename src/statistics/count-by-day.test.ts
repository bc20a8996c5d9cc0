import { describe, expect, test } from 'vitest';
import { countByDay } from './count-by-day.ts';
import { dayIndex } from './day-index.ts';

const days = dayIndex(Int32Array.of(0, 1, 1));

describe('countByDay', () => {
  test('each day has its own count vector', () => {
    const numbers = countByDay({ kind: 'number', edges: [2] }, Float64Array.of(1, 9, Number.NaN), days);
    expect([...numbers.counts]).toEqual([1, 0, 0, 0, 1, 1]);
    const strings = countByDay({ kind: 'category', categories: ['UA'] }, ['UA', 'DL', ''], days);
    expect([...strings.counts]).toEqual([1, 0, 0, 0, 1, 1]);
  });
  test('a column of the wrong kind or length is refused', () => {
    expect(() => countByDay({ kind: 'number', edges: [] }, ['a', 'b', 'c'], days)).toThrow(RangeError);
    expect(() => countByDay({ kind: 'category', categories: [] }, new Float64Array(3), days)).toThrow(RangeError);
    expect(() => countByDay({ kind: 'number', edges: [] }, new Float64Array(2), days)).toThrow(RangeError);
  });
});
