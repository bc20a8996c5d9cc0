import { describe, expect, test } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { classificationDifferences } from './classification-differences.ts';
import { classificationMetrics } from './classification-metrics.ts';
import { metricNames } from './day-weighted-metrics.ts';

const random = createRandom('classification');
const rowCount = 3000;
const truth = Float64Array.from({ length: rowCount }, () => random.next());
const labels = Uint8Array.from(truth, (probability) => (random.next() < probability ? 1 : 0));
const noisy = truth.map((probability) => 0.5 * probability + 0.5 * random.next());
const days = Int32Array.from({ length: rowCount }, (_, row) => 20130101 + Math.floor(row / 100));
const options = { labels, days, seed: 'test', replicates: 200 };

describe('classificationMetrics', () => {
  test('every metric has a value inside its interval and the rows it rests on', () => {
    const metrics = classificationMetrics({ ...options, scores: truth, threshold: 0.5 });
    expect(Object.keys(metrics)).toEqual([...metricNames]);
    for (const name of metricNames) {
      const { value, interval, sampleSize } = metrics[name];
      // Calibration error is biased upwards in a resample, so its value may lie below.
      if (name !== 'expectedCalibrationError') expect(value).toBeGreaterThan(interval[0]);
      expect(value).toBeLessThan(interval[1]);
      expect(sampleSize).toBeGreaterThan(1000);
    }
    expect(metrics.rocAuc.value).toBeCloseTo(5 / 6, 1);
  });
  test('the same seed gives the same bytes', () => {
    const run = () => JSON.stringify(classificationMetrics({ ...options, scores: truth, threshold: 0.5 }));
    expect(run()).toBe(run());
  });
  test('no rows give NaN everywhere, one class only where the metric needs both', () => {
    const none = classificationMetrics({ labels: new Uint8Array(0), scores: new Float64Array(0), threshold: 0.5, days: new Int32Array(0), seed: 1 });
    for (const name of metricNames) expect(none[name]).toEqual({ value: Number.NaN, interval: [Number.NaN, Number.NaN], sampleSize: 0 });
    const oneClass = classificationMetrics({ labels: Uint8Array.of(0, 0), scores: Float64Array.of(0.1, 0.2), threshold: 0.5, days: Int32Array.of(1, 2), seed: 1 });
    expect(oneClass.rocAuc.value).toBeNaN();
    expect(oneClass.recall).toEqual({ value: Number.NaN, interval: [Number.NaN, Number.NaN], sampleSize: 0 });
    expect(oneClass.accuracy.value).toBe(1);
  });
  test('a single row has values but no intervals', () => {
    const single = classificationMetrics({ labels: Uint8Array.of(1), scores: Float64Array.of(0.9), threshold: 0.5, days: Int32Array.of(1), seed: 1 });
    expect(single.accuracy).toEqual({ value: 1, interval: [Number.NaN, Number.NaN], sampleSize: 1 });
  });
  test('days that do not fit the rows are refused', () => {
    expect(() => classificationMetrics({ ...options, scores: truth, threshold: 0.5, days: new Int32Array(2) })).toThrow(RangeError);
  });
});

describe('classificationDifferences', () => {
  const champion = { scores: noisy, threshold: 0.5 };
  test('a better challenger gains beyond chance', () => {
    const differences = classificationDifferences({ ...options, champion, challenger: { scores: truth, threshold: 0.5 } });
    expect(differences.rocAuc.interval[0]).toBeGreaterThan(0);
    expect(differences.accuracy.interval[0]).toBeGreaterThan(0);
    expect(differences.brier.interval[1]).toBeLessThan(0);
  });
  test('is the difference of the two models’ own metrics', () => {
    const challenger = { scores: truth, threshold: 0.4 };
    const differences = classificationDifferences({ ...options, champion, challenger });
    const after = classificationMetrics({ ...options, ...challenger });
    const before = classificationMetrics({ ...options, ...champion });
    for (const name of metricNames) expect(differences[name].value).toBe(after[name].value - before[name].value);
  });
  test('a model against itself is exactly no difference', () => {
    const same = classificationDifferences({ ...options, champion, challenger: champion });
    for (const name of metricNames) expect(same[name]).toMatchObject({ value: 0, interval: [0, 0] });
  });
});
