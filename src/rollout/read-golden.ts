import { z } from 'zod';

const clientValue = z.union([z.string(), z.number(), z.null()]);
const probability = z.number().min(0).max(1);

const goldenSchema = z.object({
  schema: z.literal('taxiway/golden/v1'),
  rows: z.array(z.object({ columns: z.record(z.string(), clientValue), probability, championProbability: probability.optional() })).min(1),
  threshold: z.number(),
  championThreshold: z.number().optional(),
});

/** golden.json: test rows as a client sends them, with the score that the gate accepted and the champion's on the same row. */
export type Golden = z.infer<typeof goldenSchema>;
export type GoldenRow = Golden['rows'][number];

/** @throws ZodError where an evaluation holds something else under that name, which its digest makes a bug of the gate */
export function readGolden(value: unknown): Golden {
  return goldenSchema.parse(value);
}
