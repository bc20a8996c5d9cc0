import { z } from 'zod';
import { positiveDurationSchema } from '../duration.ts';
import { columnName } from './data.ts';

const share = z.number().min(0).max(1);

/** What every check can say about itself. */
const frame = {
  severity: z.enum(['error', 'warn', 'info']).default('error').describe('How bad a failure is; the report and the annotations show it'),
  mode: z
    .enum(['enforce', 'warn', 'observe'])
    .default('enforce')
    .describe('enforce: failing rows go to quarantine, and a failed error fails the verdict; warn: a warning, rows stay; observe: a figure of the report'),
  blocking: z.boolean().optional().describe('Whether a failure fails the verdict; default: as severity says'),
};
const columns = z.array(columnName).min(1);
/** Row checks fail where more than this share of the rows is bad. */
const rowFrame = { ...frame, 'maximum-bad-share': share.default(0.05) };

export const checkDefinitionSchema = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('schema'), unexpected: z.enum(['fail', 'allow']).default('allow').describe('What columns are that the pipeline does not declare'), ...frame }),
  z.strictObject({
    check: z.literal('missing'),
    'maximum-share': share.default(0.05),
    columns: columns.optional(),
    'by-column': z.record(columnName, share).optional().describe('Other limits for some columns'),
    ...frame,
  }),
  z.strictObject({ check: z.literal('range'), columns: columns.optional(), ...rowFrame }),
  z.strictObject({ check: z.literal('allowed-values'), columns: columns.optional(), ...rowFrame }),
  z.strictObject({ check: z.literal('pattern'), columns: columns.optional(), ...rowFrame }),
  z.strictObject({ check: z.literal('uniqueness'), columns, ...rowFrame }),
  z.strictObject({
    check: z.literal('domain-rule'),
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
    rule: z.string().describe('A SQL condition that every good row meets'),
    reason: z.string(),
    ...rowFrame,
  }),
  z.strictObject({
    check: z.literal('reference'),
    columns,
    source: columnName.describe('A source of the pipeline that knows every allowed value'),
    key: columns.describe('Its columns, in the order of `columns`'),
    ...rowFrame,
  }),
  z.strictObject({ check: z.literal('outliers'), columns, fence: z.number().positive().default(1.5), 'maximum-share': share.optional().describe('Reported only where absent'), ...frame, severity: frame.severity.unwrap().default('warn') }),
  z.strictObject({ check: z.literal('row-count'), minimum: z.number().int().nonnegative(), ...frame }),
  z.strictObject({ check: z.literal('freshness'), column: columnName, 'maximum-age': positiveDurationSchema.describe('From the newest value to the end of the window, or to as-of where that is earlier'), ...frame }),
  z.strictObject({
    check: z.literal('volume'),
    'trailing-weeks': z.number().int().min(1).max(52).default(4),
    tolerance: z.number().positive().max(1).default(0.5).describe('Largest relative difference between a day’s rows and the median of the same weekday'),
    ...frame,
  }),
  z.strictObject({ check: z.literal('monotonic-time'), column: columnName, ...frame }),
  z.strictObject({
    check: z.literal('leakage'),
    columns: columns.optional(),
    'maximum-association': z.number().positive().max(1).default(0.3).describe('Largest |phi| between a column being missing and the label'),
    ...frame,
  }),
  z.strictObject({
    check: z.literal('distribution'),
    columns: columns.optional(),
    psi: z.number().positive().default(0.25),
    ks: z.number().positive().max(1).default(0.25),
    ...frame,
    severity: frame.severity.unwrap().default('warn'),
  }),
]);
export type CheckDefinition = z.infer<typeof checkDefinitionSchema>;
