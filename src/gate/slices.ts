import { dayBlockBootstrap, ratioOfSums } from '../statistics/day-block-bootstrap.ts';
import { dayIndex, daySums } from '../statistics/day-index.ts';
import { thresholdOfRow } from '../metrics/scored-rows.ts';
import type { Answers } from './answers.ts';
import { type Estimate, toEstimate } from './estimate.ts';

/** One way to cut the rows: a readable value per row, '' where the row belongs to no slice. */
export interface SliceDefinition {
  readonly column: string;
  readonly values: readonly string[];
}

export interface SliceEvaluation {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly positives: number;
  readonly accuracy: Estimate;
  readonly recall: Estimate;
  readonly champion?: { readonly accuracy: Estimate; readonly recall: Estimate };
}

/** Below this an interval says nothing; such slices are left out. */
const minimumRows = 200;
/** Slices are reported, not decided by: fewer draws are enough. */
const replicates = 500;

export interface SlicesInput {
  readonly labels: Uint8Array;
  readonly days: Int32Array;
  readonly candidate: Answers;
  readonly champion: Answers | undefined;
  readonly slices: readonly SliceDefinition[];
  readonly seed: string;
}

/** Accuracy and recall by slice, largest slice first within each column. */
export function evaluateSlices(input: SlicesInput): SliceEvaluation[] {
  return input.slices.flatMap(({ column, values }) => {
    const rowsOf = new Map<string, number[]>();
    values.forEach((value, row) => {
      if (value === '') return;
      const rows = rowsOf.get(value);
      if (rows === undefined) rowsOf.set(value, [row]);
      else rows.push(row);
    });
    return [...rowsOf]
      .filter(([, rows]) => rows.length >= minimumRows)
      .sort(([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1))
      .map(([value, rows]) => evaluateSlice(input, column, { value, rows }));
  });
}

function evaluateSlice(input: SlicesInput, column: string, slice: { value: string; rows: readonly number[] }): SliceEvaluation {
  const { labels, candidate, champion } = input;
  return {
    column,
    value: slice.value,
    rows: slice.rows.length,
    positives: slice.rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0),
    ...accuracyAndRecall(input, candidate, slice.rows),
    ...(champion === undefined ? {} : { champion: accuracyAndRecall(input, champion, slice.rows) }),
  };
}

function accuracyAndRecall({ labels, days: allDays, seed }: SlicesInput, answers: Answers, rows: readonly number[]): { accuracy: Estimate; recall: Estimate } {
  const days = dayIndex(Int32Array.from(rows, (row) => allDays[row] ?? 0));
  const positive = Uint8Array.from(rows, (row) => labels[row] ?? 0);
  const predicted = Uint8Array.from(rows, (row) => ((answers.scores[row] ?? Number.NaN) >= thresholdOfRow(answers.threshold, row) ? 1 : 0));
  const positives = daySums(days, positive);
  const estimates = dayBlockBootstrap(
    {
      accuracy: ratioOfSums(daySums(days, positive.map((label, at) => (label === predicted[at] ? 1 : 0))), daySums(days)),
      recall: ratioOfSums(daySums(days, positive.map((label, at) => label * (predicted[at] ?? 0))), positives),
    },
    { dayCount: days.dayCount, seed, replicates },
  );
  return {
    accuracy: toEstimate({ ...estimates.accuracy, sampleSize: rows.length }),
    recall: toEstimate({ ...estimates.recall, sampleSize: positives.reduce((sum, count) => sum + count, 0) }),
  };
}
