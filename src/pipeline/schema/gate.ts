import { z } from 'zod';
import { columnName } from './data.ts';

const metric = z.enum(['accuracy', 'recall', 'precision', 'f1', 'roc-auc', 'pr-auc', 'brier', 'expected-calibration-error']);

/** Every metric of the gate lies between 0 and 1. */
const share = z.number().min(0).max(1);

const decides = z
  .enum(['always', 'first-run'])
  .default('always')
  .describe('first-run: decides while nothing is live; against a champion it is reported as a warning, and the change checks decide');

export const gateSchema = z.strictObject({
  'value-checks': z
    .array(
      z.union([
        z.strictObject({ metric, minimum: share, decides }),
        z.strictObject({ metric, maximum: share, decides }),
        z.strictObject({ metric: z.literal('latency-p95'), maximum: z.number().positive(), unit: z.literal('millisecond') }),
      ]),
    )
    .min(1),
  'change-checks': z.array(
    z.union([
      z.strictObject({ metric, 'minimum-change': z.number().min(-1).max(1) }).describe('Absolute gain over the champion, with the lower bound of the interval above 0'),
      z.strictObject({ metric: z.literal('latency'), 'maximum-ratio': z.number().positive() }),
    ]),
  ),
  slices: z
    .array(z.strictObject({ column: columnName, edges: z.array(z.number()).min(1).optional().describe('Ascending limits of the bands of a number, e.g. [6, 12, 18]') }))
    .default([])
    .describe('Ways to cut the test rows; reported, not decided by'),
  bootstrap: z.strictObject({ replicates: z.number().int().min(200).max(20_000).default(2000) }),
  'golden-requests': z.number().int().min(10).max(10_000).default(200).describe('Test rows kept with their scores, asked again of every image and rollout'),
});
export type GateSection = z.infer<typeof gateSchema>;
