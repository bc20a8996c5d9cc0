import { describe, expect, test } from 'vitest';
import { categoryBins, countStrings } from './category-bins.ts';

describe('categoryBins', () => {
  test('keeps the most frequent, equals in code-unit order whatever the row order', () => {
    expect(categoryBins(['B', 'A', 'C', 'C', ''], 2).categories).toEqual(['C', 'A']);
    expect(categoryBins(['A', 'C', '', 'B', 'C'], 2).categories).toEqual(['C', 'A']);
  });
  test('unknown values count as other, empty ones as missing', () => {
    expect([...countStrings(categoryBins(['UA', 'DL', 'UA']), ['UA', 'AS', '', 'DL', '__proto__'])]).toEqual([1, 1, 2, 1]);
  });
  test('no values give only other and missing', () => {
    expect([...countStrings(categoryBins([]), ['x', ''])]).toEqual([1, 1]);
  });
  test('a limit below one and weights that do not fit are refused', () => {
    expect(() => categoryBins(['a'], 0)).toThrow(RangeError);
    expect(() => countStrings(categoryBins(['a']), ['a'], new Float64Array(2))).toThrow(RangeError);
  });
});
