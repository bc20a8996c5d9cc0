import { z } from 'zod';
import { durationSchema } from '../duration.ts';
import { momentSchema } from '../moment.ts';

export const columnName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and underscores, starting with a letter');

export const fileSourceSchema = z.strictObject({
  type: z.enum(['parquet', 'csv']),
  path: z.string().min(1).describe('A path or glob, relative to data.root'),
});
export const holidaysSourceSchema = z.strictObject({ type: z.literal('holidays'), country: z.enum(['US']) });

export const dataSchema = z.strictObject({
  root: z.string().min(1).describe('Where relative source paths start'),
  sources: z.record(columnName, z.discriminatedUnion('type', [fileSourceSchema, holidaysSourceSchema])),
  dataset: z.strictObject({
    query: z.string().describe('The SQL file that defines every column, relative to this file'),
    lookback: durationSchema.describe('How far before the window the query needs the sources'),
    'event-time': columnName,
    'predicted-at': columnName,
    key: z.array(columnName).min(1),
  }),
  'prediction-time': momentSchema.describe('The moment of the prediction; no feature may be known later'),
  label: z.strictObject({ column: columnName, positive: z.string(), 'known-at': columnName }),
});
export type DataSection = z.infer<typeof dataSchema>;
export type SourceDefinition = DataSection['sources'][string];

export const columnSchema = z.strictObject({
  type: z.enum(['string', 'number', 'timestamp']),
  role: z.enum(['key', 'label', 'outcome', 'feature', 'context']),
  known: momentSchema,
  optional: z.boolean().default(false).describe('May be missing in any number of rows'),
  unit: z.string().optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
  values: z.array(z.string()).min(1).optional(),
  pattern: z.string().optional(),
});
export type Column = z.infer<typeof columnSchema>;
