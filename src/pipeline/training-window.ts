import { z } from 'zod';

const day = z
  .union([z.string(), z.date().transform((date) => date.toISOString().slice(0, 10))])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day, YYYY-MM-DD'))
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), 'found no day of the calendar; allowed: YYYY-MM-DD');

export const dayRangeSchema = z
  .strictObject({ from: day, to: day })
  .refine((value) => value.from < value.to, { error: 'found an end that is not after from; allowed: a later day, for the window is half-open', path: ['to'] });

/** training-window.yaml: half-open day ranges in UTC, in order of time. */
export const trainingWindowSchema = z.strictObject({ fit: dayRangeSchema, calibrate: dayRangeSchema, test: dayRangeSchema }).superRefine((value, context) => {
  for (const [earlier, later] of [['fit', 'calibrate'], ['calibrate', 'test']] as const) {
    if (value[earlier].to <= value[later].from) continue;
    const message = `found ${value[later].from}, before ${earlier} ends on ${value[earlier].to}: the windows overlap; allowed: ${value[earlier].to} or later`;
    context.addIssue({ code: 'custom', path: [later, 'from'], message });
  }
});

export type TrainingWindow = z.infer<typeof trainingWindowSchema>;
export type DayRange = TrainingWindow['fit'];

/** Milliseconds since the Unix epoch, UTC midnight. */
export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
