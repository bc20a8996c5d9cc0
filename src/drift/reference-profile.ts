import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import type { Table } from '../data/table.ts';
import { numberColumn } from '../features/column-values.ts';
import { takeRows } from '../data/take-rows.ts';
import type { MetricEstimate } from '../metrics/classification-metrics.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { categoryBins } from '../statistics/category-bins.ts';
import { countByDay, type CountsByDay } from '../statistics/count-by-day.ts';
import { type DayIndex, dayIndex, utcDays } from '../statistics/day-index.ts';
import { quantileBins } from '../statistics/quantile-bins.ts';

const binsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), edges: z.array(z.number()) }),
  z.strictObject({ kind: z.literal('category'), categories: z.array(z.string()) }),
]);

const columnProfileSchema = z.strictObject({
  bins: binsSchema,
  /** Rows per day and bin, day after day: what resampling by days needs. */
  counts: z.array(z.number().int().nonnegative()),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

const estimateSchema = z.strictObject({ value: z.number().nullable(), interval: z.tuple([z.number(), z.number()]).nullable(), sampleSize: z.number().int() });

const profileSchema = z.strictObject({
  schema: z.literal('taxiway/profile/v1'),
  /** UTC day numbers that have rows, ascending. */
  days: z.array(z.number().int()),
  rowsPerDay: z.number(),
  baseRate: z.number(),
  threshold: z.number(),
  /** Share predicted positive among the fit rows. */
  predictedRate: z.number(),
  columns: z.record(z.string(), columnProfileSchema),
  score: columnProfileSchema,
  /** The slice columns once more, within each value of the column they are sliced by. */
  slices: z.strictObject({
    by: z.string().nullable(),
    values: z.record(z.string(), z.strictObject({ days: z.number().int(), columns: z.record(z.string(), columnProfileSchema) })),
  }),
  /** On rows the model was not fitted on. */
  performance: z.strictObject({ accuracy: estimateSchema, recall: estimateSchema }),
});
export type ReferenceProfile = z.infer<typeof profileSchema>;

/** @throws ZodError where the text is not a profile of this version */
export function parseReferenceProfile(value: unknown): ReferenceProfile {
  return profileSchema.parse(value);
}

export function referenceProfileBytes(profile: ReferenceProfile): Uint8Array {
  return Buffer.from(canonicalJson(profile));
}

export interface ProfileRows {
  /** Every feature, the event time and the label. */
  readonly table: Table;
  /** The model's probability, one per row. */
  readonly scores: Float64Array;
}

export interface ReferenceProfileOptions {
  readonly definition: PipelineDefinition;
  readonly fit: ProfileRows;
  /** The model's own, on rows it was not fitted on. */
  readonly performance: { readonly accuracy: MetricEstimate; readonly recall: MetricEstimate };
  readonly threshold: number;
}

/** What drift is measured against: built once, at training, and stored with the candidate. Deterministic. @throws UserError column-missing */
export function buildReferenceProfile({ definition, fit, performance, threshold }: ReferenceProfileOptions): ReferenceProfile {
  const { drift } = definition;
  const days = daysOfRows(definition, fit.table);
  // A feature that no transform reads is not among the rows; an alarm column must be.
  const alarms = new Set(drift['alarm-columns']);
  const features = featureColumns(definition).filter((name) => alarms.has(name) || fit.table.numbers.has(name) || fit.table.strings.has(name));
  const labels = numberColumn(fit.table, definition.data.label.column);
  return {
    schema: 'taxiway/profile/v1',
    days: [...days.days],
    rowsPerDay: fit.table.rows / Math.max(1, days.dayCount),
    baseRate: mean(labels),
    threshold,
    predictedRate: mean(fit.scores.map((score) => (score >= threshold ? 1 : 0))),
    columns: Object.fromEntries(features.map((name) => [name, profileColumn(fit.table, name, { days, bins: drift.psi.bins })])),
    score: profileNumbers(fit.scores, { days, bins: drift.psi.bins }),
    slices: profileSlices(definition, fit.table, days),
    performance: { accuracy: estimateOf(performance.accuracy), recall: estimateOf(performance.recall) },
  };
}

/** The columns whose role is feature, in the order of the pipeline file. */
export function featureColumns(definition: PipelineDefinition): string[] {
  return Object.entries(definition.columns)
    .filter(([, column]) => column.role === 'feature')
    .map(([name]) => name);
}

/** The stored counts as the statistics read them. */
export function countsOf(profile: ColumnProfile, dayCount: number): CountsByDay {
  return { dayCount, binCount: dayCount === 0 ? 0 : profile.counts.length / dayCount, counts: Float64Array.from(profile.counts) };
}

function daysOfRows(definition: PipelineDefinition, table: Table): DayIndex {
  return dayIndex(utcDays(numberColumn(table, definition.data.dataset['event-time'])));
}

interface ProfileColumnOptions {
  readonly days: DayIndex;
  readonly bins: number;
}

function profileColumn(table: Table, name: string, options: ProfileColumnOptions): ColumnProfile {
  const strings = table.strings.get(name);
  if (strings === undefined) return profileNumbers(numberColumn(table, name), options);
  const bins = categoryBins(strings);
  return { bins: { kind: 'category', categories: [...bins.categories] }, counts: [...countByDay(bins, strings, options.days).counts] };
}

function profileNumbers(values: Float64Array, options: ProfileColumnOptions): ColumnProfile {
  const bins = quantileBins(values, options.bins);
  return { bins: { kind: 'number', edges: [...bins.edges] }, counts: [...countByDay(bins, values, options.days).counts] };
}

function profileSlices(definition: PipelineDefinition, table: Table, allDays: DayIndex): ReferenceProfile['slices'] {
  const { drift } = definition;
  const by = drift['slice-by'];
  const sliceOf = by === undefined ? undefined : table.strings.get(by);
  if (by === undefined || sliceOf === undefined) return { by: null, values: {} };
  const values: ReferenceProfile['slices']['values'] = {};
  for (const value of categoryBins(sliceOf).categories) {
    const rows = sliceOf.flatMap((slice, row) => (slice === value ? [row] : []));
    const days = dayIndex(Int32Array.from(rows, (row) => allDays.days[allDays.index[row] ?? 0] ?? 0));
    const columns = drift['slice-columns'].filter((name) => name !== by);
    const part = takeRows(table, rows, columns);
    values[value] = { days: days.dayCount, columns: Object.fromEntries(columns.map((name) => [name, profileColumn(part, name, { days, bins: drift.psi.bins })])) };
  }
  return { by, values };
}

function estimateOf({ value, interval: [low, high], sampleSize }: MetricEstimate): ReferenceProfile['performance']['accuracy'] {
  return { value: Number.isFinite(value) ? value : null, interval: Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null, sampleSize };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
