import { numberColumn } from '../../src/features/column-values.ts';
import { drawMetrics, type MetricDraws } from '../../src/metrics/classification-metrics.ts';
import type { MetricName } from '../../src/metrics/day-weighted-metrics.ts';
import type { Threshold } from '../../src/metrics/scored-rows.ts';
import { thresholdForRecall } from '../../src/metrics/threshold-for-recall.ts';
import { replayOperatingPoints } from '../../src/operating-point/replay-operating-points.ts';
import { utcDays } from '../../src/statistics/day-index.ts';
import type { ModelRows } from './model-rows.ts';

/** Probabilities of one model on the rows of May, and of June to December where those are open. */
export interface BenchModel {
  readonly name: string;
  readonly calibrate: Float64Array;
  readonly test: Float64Array | undefined;
  /** A rule that has its threshold; the others choose by the operating-point policy. */
  readonly threshold?: number;
}

export interface JudgedMonth {
  /** E.g. 2013-06. */
  readonly month: string;
  readonly metrics: Readonly<Record<MetricName, MetricDraws>>;
  readonly passes: boolean;
}

export interface JudgedModel {
  readonly name: string;
  /** All test days, each decided with the operating point of its day. */
  readonly pooled: Readonly<Record<MetricName, MetricDraws>>;
  readonly months: readonly JudgedMonth[];
  /** Where the days of every month are drawn anew: how many months pass on average, and how often five or more do. */
  readonly expectedMonths: number;
  readonly fiveOrMore: number;
}

/** What the pipeline promises of every month. */
export const targets: Readonly<Partial<Record<MetricName, number>>> = { accuracy: 0.85, recall: 0.8, rocAuc: 0.88 };
const replicates = 2000;

/** One model on June to December, in one look: the same resampled days for all models, so that two can be compared draw by draw. */
export function judgeModel(model: BenchModel, rows: ModelRows): JudgedModel {
  const { test } = model;
  if (test === undefined) throw new Error(`${model.name} has no scores of the test rows`);
  const times = numberColumn(rows.test, eventTimeOf(rows));
  const labels = numberColumn(rows.test, labelOf(rows));
  const days = utcDays(times);
  const threshold = thresholdsOf(model, rows);
  const judge = (positions: readonly number[], seed: string): Record<MetricName, MetricDraws> =>
    drawMetrics({
      labels: Float64Array.from(positions, (row) => labels[row] ?? NaN),
      scores: Float64Array.from(positions, (row) => test[row] ?? NaN),
      threshold: typeof threshold === 'number' ? threshold : Float64Array.from(positions, (row) => threshold[row] ?? NaN),
      days: Int32Array.from(positions, (row) => days[row] ?? NaN),
      seed,
      replicates,
    });
  const monthOf = [...times].map((time) => new Date(time).toISOString().slice(0, 7));
  const months = [...new Set(monthOf)].map((month): JudgedMonth => {
    const metrics = judge([...monthOf.keys()].filter((row) => monthOf[row] === month), `bench-model/${month}`);
    return { month, metrics, passes: passes((name) => metrics[name].value) };
  });
  const passing = Array.from({ length: replicates }, (_, draw) => months.filter(({ metrics }) => passes((name) => metrics[name].replicates[draw] ?? NaN)).length);
  return {
    name: model.name,
    pooled: judge([...monthOf.keys()], 'bench-model'),
    months,
    expectedMonths: passing.reduce((sum, count) => sum + count, 0) / replicates,
    fiveOrMore: passing.filter((count) => count >= 5).length / replicates,
  };
}

function passes(valueOf: (name: MetricName) => number): boolean {
  return Object.entries(targets).every(([name, target]) => valueOf(name as MetricName) > target);
}

/** Every day's own threshold, as the policy of the pipeline file would have set it from what was known when the day began. */
function thresholdsOf({ threshold, calibrate, test = new Float64Array() }: BenchModel, rows: ModelRows): Threshold {
  if (threshold !== undefined) return threshold;
  const both = (name: string): Float64Array => Float64Array.from([...numberColumn(rows.calibrate, name), ...numberColumn(rows.test, name)]);
  const days = utcDays(both(eventTimeOf(rows)));
  const first = days[rows.calibrate.rows] ?? NaN;
  const { data, training, 'operating-point': policy } = rows.pipeline.definition;
  if (policy === undefined) throw new Error('the pipeline file names no operating-point policy');
  const fallback = thresholdForRecall({ scores: calibrate, labels: numberColumn(rows.calibrate, labelOf(rows)) }, training.threshold.target).threshold;
  return replayOperatingPoints(
    { scores: Float64Array.from([...calibrate, ...test]), labels: both(labelOf(rows)), days, knownAt: both(data.label['known-at']) },
    { from: first, to: (days.at(-1) ?? NaN) + 1, fallback },
    policy,
  ).thresholds;
}

export function labelOf({ pipeline }: ModelRows): string {
  return pipeline.definition.data.label.column;
}

function eventTimeOf({ pipeline }: ModelRows): string {
  return pipeline.definition.data.dataset['event-time'];
}
