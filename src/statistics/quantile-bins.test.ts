import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countNumbers, numberBinCount, quantileBins } from './quantile-bins.ts';

describe('quantileBins', () => {
  test('distinct values fall into bins of equal mass', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => index);
    expect([...countNumbers(quantileBins(values, 10), values)]).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 0]);
  });
  test('a value with most of the mass gives fewer bins, none of them empty', () => {
    const values = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 1, 2, 3);
    const bins = quantileBins(values, 10);
    expect(bins.edges).toEqual([0, 1, 2]);
    expect([...countNumbers(bins, values)]).toEqual([7, 1, 1, 1, 0]);
  });
  test('a constant column still shows a move in either direction', () => {
    for (const constant of [0, 5, -1e300]) {
      const bins = quantileBins(Float64Array.of(constant, constant));
      expect([...countNumbers(bins, Float64Array.of(constant, constant - Math.abs(constant) - 1, constant + Math.abs(constant) + 1))].slice(1)).toEqual([1, 1, 0]);
    }
  });
  test('a rare low value under one dominant value keeps its own bin', () => {
    const values = new Float64Array(100).fill(1);
    values[0] = 0;
    expect([...countNumbers(quantileBins(values, 10), values)]).toEqual([1, 99, 0]);
  });
  test('missing values count in the last bin, infinities in the outer ones', () => {
    const values = Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN);
    expect([...countNumbers({ kind: 'number', edges: [0] }, values)]).toEqual([1, 1, 1]);
  });
  test('no values at all give one bin and the missing one', () => {
    const bins = quantileBins(Float64Array.of(Number.NaN));
    expect(bins.edges).toEqual([]);
    expect([...countNumbers(bins, Float64Array.of(3, Number.NaN))]).toEqual([1, 1]);
  });
  test('the smallest double as a constant has finite edges', () => {
    expect(quantileBins(Float64Array.of(-Number.MAX_VALUE), 2).edges).toEqual([-Number.MAX_VALUE]);
  });
  test('every row is counted once, edges ascend and survive JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.integer({ min: 2, max: 12 }), (values, wanted) => {
        const column = Float64Array.from(values);
        const bins = quantileBins(column, wanted);
        const counts = countNumbers(bins, column);
        expect(counts.length).toBe(numberBinCount(bins));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        for (let edge = 1; edge < bins.edges.length; edge++) expect(bins.edges[edge]).toBeGreaterThan(bins.edges[edge - 1] ?? Number.NaN);
        expect(JSON.parse(JSON.stringify(bins))).toEqual(bins);
      }),
    );
  });
  test('weights add up instead of rows and must fit', () => {
    expect([...countNumbers({ kind: 'number', edges: [2] }, Float64Array.of(1, 9), Float64Array.of(0.5, 2))]).toEqual([0.5, 2, 0]);
    expect(() => countNumbers({ kind: 'number', edges: [2] }, Float64Array.of(1, 9), Float64Array.of(1))).toThrow(RangeError);
    expect(() => quantileBins(Float64Array.of(1), 1)).toThrow(RangeError);
  });
});
