import { thresholdOfRow } from '../metrics/scored-rows.ts';
import { dayBlockBootstrap, type BootstrapEstimate, type DayStatistic, differenceOfEstimates, ratioOfSums } from '../statistics/day-block-bootstrap.ts';
import { type DayIndex, dayIndex } from '../statistics/day-index.ts';
import type { Answers } from './answers.ts';
import { type Estimate, toEstimate } from './estimate.ts';
import { compareSlices, type SliceComparison, type SliceDifference } from './slice-comparison.ts';

/** One way to cut the rows: a readable value per row, '' where the row belongs to no slice. */
export interface SliceDefinition {
  readonly column: string;
  readonly values: readonly string[];
}

export const sliceMetrics = ['accuracy', 'recall'] as const;
export type SliceMetric = (typeof sliceMetrics)[number];

export interface SliceEvaluation {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly positives: number;
  readonly accuracy: Estimate;
  readonly recall: Estimate;
  readonly champion?: Readonly<Record<SliceMetric, Estimate>>;
  /** Candidate − champion on the same rows. */
  readonly differences?: Readonly<Record<SliceMetric, SliceDifference>>;
  /** Why the slice says nothing, e.g. "37 rows; 200 are needed". */
  readonly notJudged?: string;
}

export interface SlicesInput {
  readonly labels: Uint8Array;
  readonly days: Int32Array;
  readonly candidate: Answers;
  readonly champion: Answers | undefined;
  readonly slices: readonly SliceDefinition[];
  readonly comparison: SliceComparison;
  readonly replicates: number;
  readonly seed: string;
}

interface Slice {
  readonly column: string;
  readonly value: string;
  readonly rows: readonly number[];
  readonly positives: number;
}

/** Accuracy and recall by slice, largest slice first within each column; all slices and models see the same drawn days, so that their differences are paired. */
export function evaluateSlices(input: SlicesInput): SliceEvaluation[] {
  const slices = input.slices.flatMap((definition) => cut(definition, input.labels));
  const days = dayIndex(input.days);
  const statistics: Record<string, DayStatistic> = {};
  slices.forEach((slice, index) => {
    const candidate = ratios(input, input.candidate, { slice, days });
    const champion = input.champion === undefined ? undefined : ratios(input, input.champion, { slice, days });
    for (const metric of sliceMetrics) {
      statistics[key(index, 'candidate', metric)] = candidate[metric];
      if (champion !== undefined) statistics[key(index, 'champion', metric)] = champion[metric];
    }
  });
  const estimates = dayBlockBootstrap(statistics, { dayCount: days.dayCount, seed: input.seed, replicates: input.replicates });
  const estimateOf = (index: number, of: string, metric: SliceMetric): BootstrapEstimate | undefined => estimates[key(index, of, metric)];
  const differenceOf = (index: number, metric: SliceMetric): BootstrapEstimate | undefined => {
    const candidate = estimateOf(index, 'candidate', metric);
    const champion = estimateOf(index, 'champion', metric);
    return candidate === undefined || champion === undefined ? undefined : differenceOfEstimates(candidate, champion);
  };
  const differences = compareSlices(
    slices.map((slice, index) => ({ rows: slice.rows.length, positives: slice.positives, accuracy: differenceOf(index, 'accuracy'), recall: differenceOf(index, 'recall') })),
    input.comparison,
  );
  return slices.map((slice, index): SliceEvaluation => {
    const { notJudged, ...compared } = differences[index] ?? {};
    const both = (of: string): Record<SliceMetric, Estimate> => ({
      accuracy: asEstimate(estimateOf(index, of, 'accuracy'), slice.rows.length),
      recall: asEstimate(estimateOf(index, of, 'recall'), slice.positives),
    });
    return {
      column: slice.column,
      value: slice.value,
      rows: slice.rows.length,
      positives: slice.positives,
      ...both('candidate'),
      ...(input.champion === undefined ? {} : { champion: both('champion'), ...compared }),
      ...(notJudged === undefined ? {} : { notJudged }),
    };
  });
}

function key(index: number, of: string, metric: SliceMetric): string {
  return `${index}/${of}/${metric}`;
}

function asEstimate(estimate: BootstrapEstimate | undefined, sampleSize: number): Estimate {
  return estimate === undefined ? { value: null, interval: null, sampleSize } : toEstimate({ ...estimate, sampleSize });
}

function cut({ column, values }: SliceDefinition, labels: Uint8Array): Slice[] {
  const rowsOf = new Map<string, number[]>();
  values.forEach((value, row) => {
    if (value === '') return;
    const rows = rowsOf.get(value);
    if (rows === undefined) rowsOf.set(value, [row]);
    else rows.push(row);
  });
  return [...rowsOf]
    .sort(([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1))
    .map(([value, rows]) => ({ column, value, rows, positives: rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0) }));
}

/** Sums per day of all test days, not of the slice's own: one draw then serves every slice. */
function ratios({ labels }: SlicesInput, answers: Answers, { slice, days }: { slice: Slice; days: DayIndex }): Record<SliceMetric, DayStatistic> {
  const [rows, right, positives, hits] = [0, 1, 2, 3].map(() => new Float64Array(days.dayCount));
  if (rows === undefined || right === undefined || positives === undefined || hits === undefined) throw new Error('four sums');
  for (const row of slice.rows) {
    const day = days.index[row] ?? 0;
    const label = labels[row] ?? 0;
    const predicted = (answers.scores[row] ?? Number.NaN) >= thresholdOfRow(answers.threshold, row) ? 1 : 0;
    rows[day] = (rows[day] ?? 0) + 1;
    right[day] = (right[day] ?? 0) + (predicted === label ? 1 : 0);
    positives[day] = (positives[day] ?? 0) + label;
    hits[day] = (hits[day] ?? 0) + label * predicted;
  }
  return { accuracy: ratioOfSums(right, rows), recall: ratioOfSums(hits, positives) };
}
