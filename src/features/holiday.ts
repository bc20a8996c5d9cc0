import { z } from 'zod';
import { federalHolidays } from '../data/federal-holidays.ts';
import { integer } from '../onnx/attribute-proto.ts';
import { stringColumn } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { lookUpNumbers } from './string-lookup.ts';

/** A model serves for a while after its training rows end. */
const yearsAhead = 5;
const dayLength = 86_400_000;

const schema = z.strictObject({
  transform: z.literal('holiday').describe('Whether a date is a holiday, and whether one is near.'),
  columns: z.array(z.string()).min(1).describe('Text columns that hold the local date as YYYY-MM-DD.'),
  country: z.enum(['US']).default('US'),
  near: z.number().int().min(0).max(30).default(2).describe('Days before or after a holiday that count as near it.'),
});
const fittedSchema = z.strictObject({ holidays: z.array(z.string()) });

/** The years that the dates of a column touch; what is no date touches none. */
function yearsOf(dates: readonly string[]): number[] {
  const years = new Set<number>();
  for (const date of dates) if (/^\d{4}-\d{2}-\d{2}$/.test(date)) years.add(Number(date.slice(0, 4)));
  return [...years];
}

/** Days within `near` of a holiday that are none themselves, ascending. */
export function daysNear(holidays: readonly string[], near: number): string[] {
  const days = new Set<string>();
  for (const holiday of holidays) for (let away = -near; away <= near; away++) days.add(new Date(Date.parse(holiday) + away * dayLength).toISOString().slice(0, 10));
  for (const holiday of holidays) days.delete(holiday);
  return [...days].sort();
}

/**
 * Two 0/1 columns for each date column. A calendar needs the local date, which a timestamp in UTC does not have, so the dataset
 * query writes it as text. The model carries the list of days, for the years of its training rows, one before and five ahead.
 */
export const holiday = {
  schema,
  create: ({ columns, near }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'string',
    columns,
    fit: (table) => {
      const years = columns.flatMap((name) => yearsOf(stringColumn(table, name)));
      if (years.length === 0) return { holidays: [] };
      const first = years.reduce((least, year) => Math.min(least, year));
      const last = years.reduce((most, year) => Math.max(most, year));
      return { holidays: federalHolidays(first - 1, last + yearsAhead).map(({ day }) => day).sort() };
    },
    addTo: ({ graph, text }, fitted) => {
      const { holidays } = fittedSchema.parse(fitted);
      const flag = (name: string, days: readonly string[]) => lookUpNumbers(graph, text(name), { keys: days.length > 0 ? days : ['\u0000no day'], values: days.length > 0 ? days.map(() => 1) : [0], fallback: 0 });
      const flags = columns.flatMap((name) => [flag(name, holidays), flag(name, daysNear(holidays, near))]);
      const names = columns.flatMap((name) => [`${name}.holiday`, `${name}.near-holiday`]);
      return { dense: { value: graph.apply('Concat', flags, { shape: ['rows', names.length], attributes: { axis: integer(1) } }), names } };
    },
  }),
};
