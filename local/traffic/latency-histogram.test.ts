import { expect, test } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

test('a quantile is off by at most a tenth, and never below the truth by a class', () => {
  const histogram = new LatencyHistogram();
  for (let value = 1; value <= 1000; value += 1) histogram.add(value / 10);
  for (const share of [0.5, 0.95, 0.99]) {
    const truth = share * 100;
    expect(histogram.quantile(share)).toBeGreaterThanOrEqual(truth - 1e-9);
    expect(histogram.quantile(share)).toBeLessThanOrEqual(truth * 1.1 + 1e-9);
  }
  expect(histogram.quantile(1)).toBe(100);
  expect(histogram.mean).toBeCloseTo(50.05, 9);
});

test('nothing measured is no number', () => {
  expect(new LatencyHistogram().quantile(0.95)).toBeNaN();
  expect(new LatencyHistogram().mean).toBeNaN();
});

test('latencies beyond the classes still count, and the maximum bounds every quantile', () => {
  const histogram = new LatencyHistogram();
  histogram.add(0.001);
  histogram.add(1e7);
  expect(histogram.count).toBe(2);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.1, 9);
  expect(histogram.quantile(1)).toBeLessThanOrEqual(histogram.maximum);
});
