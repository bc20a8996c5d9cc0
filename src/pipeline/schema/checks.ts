import { z } from 'zod';
import { columnName } from './data.ts';

const severity = z.enum(['error', 'warn', 'info']).default('error');

export const checkDefinitionSchema = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('schema'), severity }),
  z.strictObject({ check: z.literal('missing'), 'maximum-share': z.number().min(0).max(1), columns: z.array(columnName).optional(), severity }),
  z.strictObject({ check: z.literal('range'), columns: z.array(columnName).optional(), severity }),
  z.strictObject({ check: z.literal('allowed-values'), columns: z.array(columnName).optional(), severity }),
  z.strictObject({ check: z.literal('pattern'), columns: z.array(columnName).optional(), severity }),
  z.strictObject({ check: z.literal('uniqueness'), columns: z.array(columnName).min(1), severity }),
  z.strictObject({
    check: z.literal('domain-rule'),
    name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
    rule: z.string().describe('A SQL condition that every good row meets'),
    reason: z.string(),
    severity,
  }),
  z.strictObject({ check: z.literal('outliers'), columns: z.array(columnName).min(1), fence: z.number().positive().default(1.5), severity: severity.default('warn') }),
  z.strictObject({ check: z.literal('row-count'), minimum: z.number().int().nonnegative(), severity }),
]);
export type CheckDefinition = z.infer<typeof checkDefinitionSchema>;
