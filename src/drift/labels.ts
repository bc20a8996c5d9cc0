import type { Table } from '../data/table.ts';
import { numberColumn } from '../features/column-values.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { type PredictionRows, tableKeys } from './predictions.ts';
import { type DriftWindow, millisecondsPerDay } from './windows.ts';

/** Labels of the logged rows, in the log's order. */
export interface JoinedLabels {
  /** 1, 0, or NaN where no label has come. */
  readonly labels: Float64Array;
  /** Row of the dataset that belongs to each logged row, or −1. */
  readonly datasetRow: Int32Array;
  /** UTC day number of each logged row's event time. */
  readonly days: Int32Array;
  /** End of the last day that has (nearly) all of its labels, UTC milliseconds; days before it may have gaps of their own. */
  readonly completeUntil: number;
}

/** A day counts as labelled when at least this share of its logged rows has a label; a few (diverted flights) never get one. */
const completeShare = 0.95;

/** Joins log and dataset by key. `dataset` holds what was known at the moment judged from. @throws UserError column-missing */
export function joinLabels(predictions: PredictionRows, dataset: Table, options: { definition: PipelineDefinition; window: DriftWindow; asOf: number }): JoinedLabels {
  const { definition, window, asOf } = options;
  const { data } = definition;
  const rowOf = new Map<string, number>();
  tableKeys(dataset, definition).forEach((key, row) => {
    if (key !== undefined) rowOf.set(key, row);
  });
  const label = dataset.rows === 0 ? new Float64Array(0) : numberColumn(dataset, data.label.column);
  const knownAt = dataset.rows === 0 ? new Float64Array(0) : numberColumn(dataset, data.label['known-at']);
  const datasetRow = Int32Array.from(predictions.keys, (key) => rowOf.get(key) ?? -1);
  const labels = Float64Array.from(datasetRow, (row) => {
    const known = knownAt[row] ?? Number.NaN;
    return known <= asOf ? (label[row] ?? Number.NaN) : Number.NaN;
  });
  const time = numberColumn(predictions.table, data.dataset['event-time']);
  const days = Int32Array.from(time, (milliseconds) => Math.floor(milliseconds / millisecondsPerDay));
  return { labels, datasetRow, days, completeUntil: completeUntil(labels, days, window) };
}

function completeUntil(labels: Float64Array, days: Int32Array, window: DriftWindow): number {
  const rows = new Map<number, number>();
  const labelled = new Map<number, number>();
  days.forEach((day, row) => {
    rows.set(day, (rows.get(day) ?? 0) + 1);
    if (!Number.isNaN(labels[row])) labelled.set(day, (labelled.get(day) ?? 0) + 1);
  });
  for (let day = window.to / millisecondsPerDay - 1; day * millisecondsPerDay >= window.from; day--) {
    const seen = rows.get(day) ?? 0;
    if (seen > 0 && (labelled.get(day) ?? 0) >= completeShare * seen) return (day + 1) * millisecondsPerDay;
  }
  return window.from;
}
