import { z } from 'zod';

/** The one document a step leaves behind; comment, job summary, message and report are all rendered from it. */
export const outcomeSchema = z.enum(['pass', 'fail', 'inconclusive']);
export type Outcome = z.infer<typeof outcomeSchema>;

const intervalSchema = z.tuple([z.number(), z.number()]);

export const checkSchema = z.strictObject({
  id: z.string().describe('Stable name, e.g. accuracy or psi.departure_delay'),
  title: z.string().describe('What is checked, for people'),
  value: z.union([z.number(), z.string(), z.null()]).describe('What was found; null where nothing could be measured'),
  unit: z.string().optional(),
  interval: intervalSchema.optional().describe('95 % confidence interval of the value'),
  threshold: z.string().optional().describe('What is allowed, as text: "> 0.85", "≤ 5 %"'),
  sampleSize: z.number().int().nonnegative().optional(),
  severity: z.enum(['error', 'warn', 'info']).describe('Only errors decide the verdict'),
  blocking: z.boolean().optional().describe('false: a failure does not fail the verdict, whatever its severity'),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'skipped']),
  since: z.string().optional().describe('The first of the latest runs that failed in a row, ISO 8601'),
  message: z.string().optional().describe('One sentence: what it means'),
  remedy: z.string().optional().describe('What to do where it did not pass'),
  details: z.record(z.string(), z.json()).optional(),
});
export type Check = z.infer<typeof checkSchema>;

const pointSchema = z.tuple([z.union([z.number(), z.string()]), z.number()]);

export const chartSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['line', 'bar']),
  xLabel: z.string(),
  yLabel: z.string(),
  series: z.array(z.strictObject({ name: z.string(), points: z.array(pointSchema) })),
});
export type Chart = z.infer<typeof chartSchema>;

export const verdictSchema = z.strictObject({
  schema: z.literal('taxiway/verdict/v1'),
  step: z.string(),
  verdict: outcomeSchema,
  summary: z.string().describe('One sentence for a title or a message'),
  subjects: z.strictObject({
    in: z.record(z.string(), z.string()).describe('Digests and names that went in, by role'),
    out: z.record(z.string(), z.string()).describe('Digests and names that came out, by role'),
  }),
  pipeline: z.strictObject({ name: z.string(), digest: z.string() }),
  code: z.strictObject({ commit: z.string() }),
  asOf: z.string().describe('The moment the step judged from, ISO 8601'),
  checks: z.array(checkSchema),
  charts: z.array(chartSchema).optional(),
  notes: z.array(z.string()).optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/**
 * Failing beats inconclusive beats passing; only blocking checks of severity `error` count.
 * A step without any deciding check has shown nothing: inconclusive.
 */
export function concludeChecks(checks: readonly Check[]): Outcome {
  const deciding = checks.filter((check) => check.severity === 'error' && check.blocking !== false && check.verdict !== 'skipped');
  if (deciding.some((check) => check.verdict === 'fail')) return 'fail';
  if (deciding.length === 0 || deciding.some((check) => check.verdict === 'inconclusive')) return 'inconclusive';
  return 'pass';
}
