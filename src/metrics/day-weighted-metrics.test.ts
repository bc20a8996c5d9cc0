import { describe, expect, test } from 'vitest';
import { dayIndex } from '../statistics/day-index.ts';
import { createRandom } from '../statistics/random.ts';
import { accuracy } from './accuracy.ts';
import { brier } from './brier.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { dayWeightedMetrics } from './day-weighted-metrics.ts';
import { expectedCalibrationError } from './expected-calibration-error.ts';
import { f1 } from './f1.ts';
import { logLoss } from './log-loss.ts';
import { prAuc } from './pr-auc.ts';
import { precision } from './precision.ts';
import { predictedPositiveRate } from './predicted-positive-rate.ts';
import { recall } from './recall.ts';
import { rocAuc } from './roc-auc.ts';

const random = createRandom('day-weighted');
// Rounded to a tenth, so that many scores tie.
const scores = Float64Array.from({ length: 600 }, () => Math.round(random.next() * 10) / 10);
const labels = Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0));

// 8 days: fewer day pairs than rows (matrix path of the AUC); 60 days: more (row path).
describe.each([8, 60])('metrics weighted by %d days', (dayCount) => {
  const days = dayIndex(Int32Array.from(scores, () => random.integer(dayCount)));
  const metrics = dayWeightedMetrics({ labels, scores }, 0.5, days);
  const dayWeights = Float64Array.from({ length: days.dayCount }, (_, day) => day % 3);
  const weights = Float64Array.from(days.index, (day) => dayWeights[day] ?? 0);

  test('with all weights one each equals the metric of its own file', () => {
    const ones = new Float64Array(days.dayCount).fill(1);
    const confusion = confusionMatrix({ labels, scores }, 0.5);
    expect(metrics.accuracy.statistic(ones)).toBe(accuracy(confusion));
    expect(metrics.precision.statistic(ones)).toBe(precision(confusion));
    expect(metrics.recall.statistic(ones)).toBe(recall(confusion));
    expect(metrics.f1.statistic(ones)).toBe(f1(confusion));
    expect(metrics.predictedPositiveRate.statistic(ones)).toBe(predictedPositiveRate(confusion));
    expect(metrics.expectedCalibrationError.statistic(ones)).toBeCloseTo(expectedCalibrationError({ labels, scores }), 12);
  });
  test('a day’s weight is the weight of each of its rows', () => {
    const rows = { labels, scores, weights };
    expect(metrics.rocAuc.statistic(dayWeights)).toBeCloseTo(rocAuc(rows), 12);
    expect(metrics.prAuc.statistic(dayWeights)).toBeCloseTo(prAuc(rows), 12);
    expect(metrics.brier.statistic(dayWeights)).toBeCloseTo(brier(rows), 12);
    expect(metrics.logLoss.statistic(dayWeights)).toBeCloseTo(logLoss(rows), 12);
    expect(metrics.recall.statistic(dayWeights)).toBeCloseTo(recall(confusionMatrix(rows, 0.5)), 12);
  });
});

test('the sample size of a ratio is what stands below its line', () => {
  const days = dayIndex(Int32Array.of(0, 0, 1));
  const metrics = dayWeightedMetrics({ labels: Uint8Array.of(1, 0, 0), scores: Float64Array.of(0.9, 0.8, 0.1) }, 0.5, days);
  expect([metrics.accuracy.sampleSize, metrics.precision.sampleSize, metrics.recall.sampleSize]).toEqual([3, 2, 1]);
});
