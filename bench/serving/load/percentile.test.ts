import { expect, test } from 'vitest';
import { percentile, summarizeLatency } from './percentile.ts';

test('a percentile is a value that was measured: the nearest rank', () => {
  const sorted = Float64Array.from({ length: 1000 }, (_, index) => index + 1);
  expect(percentile(sorted, 0.5)).toBe(500);
  expect(percentile(sorted, 0.975)).toBe(975);
  expect(percentile(sorted, 0.9751)).toBe(976);
  expect(percentile(sorted, 1)).toBe(1000);
  expect(percentile(sorted, 0)).toBe(1);
});

test('latencies are summed up in any order, and of none nothing is said', () => {
  expect(summarizeLatency([30, 4, 100])).toEqual({ p50: 30, 'p97.5': 100, p99: 100, maximum: 100 });
  expect(summarizeLatency([]).p99).toBeNaN();
});
