import { z } from 'zod';

const day = z
  .union([z.string(), z.date().transform((date) => date.toISOString().slice(0, 10))])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day, YYYY-MM-DD'))
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no day of the calendar');

const range = z.strictObject({ from: day, to: day }).refine((value) => value.from < value.to, 'from must be before to');

/** training-window.yaml: half-open day ranges in UTC, in order of time. */
export const trainingWindowSchema = z
  .strictObject({ fit: range, calibrate: range, test: range })
  .refine((value) => value.fit.to <= value.calibrate.from && value.calibrate.to <= value.test.from, 'fit, calibrate and test must follow each other without overlap');

export type TrainingWindow = z.infer<typeof trainingWindowSchema>;
export type DayRange = TrainingWindow['fit'];

/** Milliseconds since the Unix epoch, UTC midnight. */
export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
