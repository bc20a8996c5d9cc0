import { dayBlockBootstrap, differenceOf } from '../statistics/day-block-bootstrap.ts';
import { dayIndex } from '../statistics/day-index.ts';
import type { NumberArray } from '../statistics/quantile.ts';
import { mapMetrics, type MetricEstimate } from './classification-metrics.ts';
import { dayWeightedMetrics, type MetricName } from './day-weighted-metrics.ts';
import type { Threshold } from './scored-rows.ts';

/** One model's answers, row by row. */
export interface ModelAnswers {
  /** Probabilities. */
  readonly scores: NumberArray;
  readonly threshold: Threshold;
}

export interface ClassificationDifferencesOptions {
  readonly labels: Uint8Array | NumberArray;
  readonly champion: ModelAnswers;
  readonly challenger: ModelAnswers;
  /** Day number of each row; any whole numbers, gaps allowed. */
  readonly days: Int32Array;
  readonly seed: string | number;
  /** Default 2000. */
  readonly replicates?: number;
  /** Days drawn together, default 1. */
  readonly blockDays?: number;
}

/**
 * Challenger − champion on the same rows for every metric, with the 95 % interval of the paired day-block bootstrap: what the gate's change checks read.
 * `sampleSize` is the smaller of the two models'. NaN and errors as `classificationMetrics`.
 *
 * @example
 * classificationDifferences({ labels, champion, challenger, days, seed: 'gate' }).accuracy.interval[0] > 0; // better, beyond chance
 */
export function classificationDifferences(options: ClassificationDifferencesOptions): Record<MetricName, MetricEstimate> {
  const { labels, champion, challenger, seed, replicates = 2000, blockDays = 1 } = options;
  if (options.days.length !== labels.length) throw new RangeError(`${labels.length} labels but ${options.days.length} days`);
  const days = dayIndex(options.days);
  const before = dayWeightedMetrics({ labels, scores: champion.scores }, champion.threshold, days);
  const after = dayWeightedMetrics({ labels, scores: challenger.scores }, challenger.threshold, days);
  const statistics = mapMetrics((name) => differenceOf(after[name].statistic, before[name].statistic));
  const estimates = dayBlockBootstrap(statistics, { dayCount: days.dayCount, seed, replicates, blockDays });
  return mapMetrics((name) => ({
    value: estimates[name].value,
    interval: estimates[name].interval,
    sampleSize: Math.min(before[name].sampleSize, after[name].sampleSize),
  }));
}
