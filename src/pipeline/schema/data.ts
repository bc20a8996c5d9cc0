import { z } from 'zod';
import { durationSchema, positiveDurationSchema } from '../duration.ts';
import { momentSchema } from '../moment.ts';

export const columnName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and underscores, starting with a letter');

const url = z.string().regex(/^https?:\/\/[^\s/]+/, 'must be a URL, e.g. https://host.example/path');

/** What `ingest` demands of any source. */
const demands = {
  freshness: z
    .strictObject({ column: z.string().min(1), 'maximum-age': positiveDurationSchema })
    .optional()
    .describe('The newest value of the column is at most this old at the end of the window, or at as-of where that is earlier'),
  required: z.array(z.string().min(1)).min(1).optional().describe('Columns without which a row is of no use: rows that lack one are rejected, counted and kept apart'),
};

const files = {
  path: z.string().min(1).describe('A path or glob, relative to data.root, which is a folder, file:///… or s3://bucket/prefix'),
  partitions: z
    .array(z.enum(['year', 'month', 'day', 'date']))
    .min(1)
    .optional()
    .describe('Keys of hive folders (year=2013/month=01) that say which days a file holds: files outside the window are not read'),
  ...demands,
};

export const parquetSourceSchema = z.strictObject({ type: z.literal('parquet'), ...files });
export const csvSourceSchema = z.strictObject({
  type: z.literal('csv'),
  ...files,
  columns: z
    .record(z.string().min(1), z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']))
    .optional()
    .describe('Types by column; found from all rows where absent'),
  'time-zone': z.string().optional().describe('The zone of timestamps that carry none, e.g. America/New_York; default UTC'),
  'null-text': z
    .array(z.string().regex(/^[^,"\r\n]*$/, 'must have no comma, quote or line end'))
    .min(1)
    .optional()
    .describe('Texts that mean a missing value, e.g. [NA, ""]; default the empty field alone'),
  'bad-rows': z.enum(['fail', 'quarantine']).default('fail').describe('What a row is that cannot be read as declared'),
});
export const holidaysSourceSchema = z.strictObject({ type: z.literal('holidays'), country: z.enum(['US']) });
export const openMeteoSourceSchema = z.strictObject({
  type: z.literal('open-meteo'),
  api: z.enum(['archive', 'forecast']).default('archive'),
  stations: z.record(z.string().min(1), z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })),
  endpoint: url.optional(),
  ...demands,
});
export const iemAsosSourceSchema = z.strictObject({
  type: z.literal('iem-asos'),
  stations: z.record(z.string().min(1), z.string().regex(/^[A-Z0-9]{3,4}$/, 'must be a station of three or four capitals, e.g. EWR')),
  endpoint: url.optional(),
  ...demands,
});
export const flightFeedSourceSchema = z.strictObject({
  type: z.literal('flight-feed'),
  path: z.string().min(1).optional().describe('Folder of files by minute, relative to data.root'),
  endpoint: url.optional().describe('An HTTP source of the same files'),
  ...demands,
});
/** A source that a plugin brings; the plugin checks its options. */
export const pluginSourceSchema = z.strictObject({ type: z.literal('plugin'), implementation: z.string().min(1), options: z.record(z.string(), z.json()).default({}), ...demands });

const singleSourceSchema = z.discriminatedUnion('type', [
  parquetSourceSchema,
  csvSourceSchema,
  holidaysSourceSchema,
  openMeteoSourceSchema,
  iemAsosSourceSchema,
  flightFeedSourceSchema,
  pluginSourceSchema,
]);
/** Several sources as one: a row of a later layer replaces those of earlier layers with the same key (recent over historical, corrected over first). */
export const layeredSourceSchema = z.strictObject({
  type: z.literal('layered'),
  key: z.array(z.string().min(1)).min(1),
  layers: z.array(singleSourceSchema).min(2),
  ...demands,
});

export const dataSchema = z.strictObject({
  root: z.string().min(1).describe('Where relative source paths start'),
  sources: z.record(columnName, z.discriminatedUnion('type', [...singleSourceSchema.options, layeredSourceSchema])),
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
