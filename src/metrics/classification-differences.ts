import { differenceOfEstimates } from '../statistics/day-block-bootstrap.ts';
import type { NumberArray } from '../statistics/quantile.ts';
import { drawMetrics, mapMetrics, type MetricDraws, type MetricEstimate } from './classification-metrics.ts';
import type { MetricName } from './day-weighted-metrics.ts';
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
  const { champion, challenger, ...rows } = options;
  return differencesOfDraws(drawMetrics({ ...rows, ...challenger }), drawMetrics({ ...rows, ...champion }));
}

type Draws = Readonly<Record<MetricName, MetricDraws>>;

/** challenger − champion of metrics drawn with the same labels, days, seed and replicates, so that each resample is the same days for both. */
export function differencesOfDraws(challenger: Draws, champion: Draws): Record<MetricName, MetricEstimate> {
  return mapMetrics((name) => {
    const { value, interval } = differenceOfEstimates(challenger[name], champion[name]);
    return { value, interval, sampleSize: Math.min(challenger[name].sampleSize, champion[name].sampleSize) };
  });
}
