import { type BootstrapEstimate, dayBlockBootstrap } from '../statistics/day-block-bootstrap.ts';
import { dayIndex } from '../statistics/day-index.ts';
import type { NumberArray } from '../statistics/quantile.ts';
import { dayWeightedMetrics, metricNames, type MetricName } from './day-weighted-metrics.ts';
import type { Threshold } from './scored-rows.ts';

/** A number with its 95 % interval and the rows it rests on. NaN where it is undefined; the deciders read NaN as inconclusive. */
export interface MetricEstimate {
  readonly value: number;
  readonly interval: readonly [number, number];
  readonly sampleSize: number;
}

export interface ClassificationMetricsOptions {
  readonly labels: Uint8Array | NumberArray;
  /** Probabilities. */
  readonly scores: NumberArray;
  readonly threshold: Threshold;
  /** Day number of each row (see `utcDays`); any whole numbers, gaps allowed. */
  readonly days: Int32Array;
  readonly seed: string | number;
  /** Default 2000. */
  readonly replicates?: number;
  /** Days drawn together, default 1. */
  readonly blockDays?: number;
}

/** A metric with all its resamples: two of the same days, seed and number of resamples can be compared draw by draw. */
export interface MetricDraws extends BootstrapEstimate {
  readonly sampleSize: number;
}

/**
 * Every stored metric with its day-block bootstrap. Zero rows or a missing class give NaN where the metric needs it; fewer than two days give NaN intervals.
 * Throws RangeError when lengths differ, a label is not 0 or 1, or a score is not a probability.
 */
export function drawMetrics(options: ClassificationMetricsOptions): Record<MetricName, MetricDraws> {
  const { labels, scores, threshold, seed, replicates = 2000, blockDays = 1 } = options;
  if (options.days.length !== scores.length) throw new RangeError(`${scores.length} scores but ${options.days.length} days`);
  const days = dayIndex(options.days);
  const metrics = dayWeightedMetrics({ labels, scores }, threshold, days);
  const statistics = mapMetrics((name) => metrics[name].statistic);
  const estimates = dayBlockBootstrap(statistics, { dayCount: days.dayCount, seed, replicates, blockDays });
  return mapMetrics((name) => ({ ...estimates[name], sampleSize: metrics[name].sampleSize }));
}

/**
 * As `drawMetrics`, with the 95 % intervals alone.
 *
 * @example
 * classificationMetrics({ labels, scores, threshold: 0.4, days: utcDays(scheduled), seed: 'gate' }).recall; // { value, interval, sampleSize }
 */
export function classificationMetrics(options: ClassificationMetricsOptions): Record<MetricName, MetricEstimate> {
  const drawn = drawMetrics(options);
  return mapMetrics((name) => {
    const { value, interval, sampleSize } = drawn[name];
    return { value, interval, sampleSize };
  });
}

/** A record with an entry for every metric, in the order of `metricNames`. */
export function mapMetrics<Value>(valueOf: (name: MetricName) => Value): Record<MetricName, Value> {
  return Object.fromEntries(metricNames.map((name) => [name, valueOf(name)])) as Record<MetricName, Value>;
}
