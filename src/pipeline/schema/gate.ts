import { z } from 'zod';
import { columnName } from './data.ts';

const metric = z.enum(['accuracy', 'recall', 'precision', 'f1', 'roc-auc', 'pr-auc', 'brier', 'expected-calibration-error']);

/** Every metric of the gate lies between 0 and 1. */
const share = z.number().min(0).max(1);

const decides = z
  .enum(['always', 'first-run'])
  .default('always')
  .describe('first-run: decides while nothing is live; against a champion it is reported as a warning, and the change checks decide');

const severity = z.enum(['error', 'warn']).describe('Only errors decide');

const slice = z.strictObject({
  column: columnName,
  edges: z.array(z.number()).min(1).optional().describe('Ascending limits of the bands of a number, e.g. [6, 12, 18]'),
  by: z.enum(['month']).optional().describe('How a timestamp is cut: by calendar month, UTC'),
});

/** A challenger must not be worse than the champion by more than the margin in any slice, with the false discoveries among all slices held to a rate. */
export const sliceChecksSchema = z.strictObject({
  metrics: z
    .array(
      z.strictObject({
        metric: z.enum(['accuracy', 'recall']),
        margin: share.describe('How much worse than the champion a slice may be, absolute'),
        severity: severity.default('error'),
      }),
    )
    .min(1),
  'minimum-rows': z.number().int().min(1).default(200).describe('Slices with fewer test rows are named as not judged'),
  'minimum-positives': z.number().int().min(1).default(50).describe('Slices with fewer positive rows are named as not judged'),
  'false-discovery-rate': z.number().gt(0).max(0.5).default(0.05).describe('Benjamini–Hochberg over all judged slices and metrics'),
});

const maximumDrop = { 'maximum-drop': share.optional().describe('How far accuracy and recall may fall, absolute; without it the fall is reported only') };
const smallStep = z.number().gt(0).max(3);

export const robustnessSchema = z.strictObject({
  rows: z.number().int().min(100).max(20_000).default(2000).describe('Test rows that are disturbed, spread evenly over the window'),
  attack: z
    .strictObject({
      epsilon: smallStep.describe('The largest step of a column, in its spread (half of what the middle 68 % of rows span)'),
      steps: z.number().int().min(1).max(20).default(3).describe('Steps of the projected gradient attack'),
      'maximum-step': z.record(columnName, z.number().positive()).default({}).describe('What is plausible where it is less, in the column’s own unit, e.g. departure_delay: 2'),
      ...maximumDrop,
    })
    .optional()
    .describe('Gradient attack (FGSM and PGD) on the number columns that are measured, not scheduled'),
  noise: z.strictObject({ scale: smallStep.describe('Standard deviation of the noise, in the column’s spread'), ...maximumDrop }).optional(),
  missing: z
    .strictObject({ 'most-important': z.number().int().min(1).max(50).describe('So many columns go missing together: those whose loss alone costs most'), ...maximumDrop })
    .optional(),
  'storm-days': z
    .strictObject({ column: columnName.describe('Days are ranked by the mean of this number'), share: z.number().gt(0).max(0.5).default(0.1).describe('Of the test days'), ...maximumDrop })
    .optional(),
  unseen: z.strictObject({ columns: z.array(columnName).min(1).describe('Each in turn takes a category that no model knows'), ...maximumDrop }).optional(),
  margin: share.describe('How much worse than the champion a challenger may be under the same disturbance, absolute'),
  severity: severity.default('warn'),
});
export type RobustnessSection = z.infer<typeof robustnessSchema>;

export const holdoutSchema = z.strictObject({
  budget: z.number().int().min(1).max(1000).describe('So many decisions may rest on the same test rows; then the gate asks for fresh ones'),
});

export const gateSchema = z.strictObject({
  'value-checks': z
    .array(
      z.union([
        z.strictObject({ metric, minimum: share, decides, severity: severity.optional() }),
        z.strictObject({ metric, maximum: share, decides, severity: severity.optional() }),
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
    .array(slice)
    .default([])
    .describe('Ways to cut the test rows; reported, and judged against the champion where slice-checks says so'),
  'slice-checks': sliceChecksSchema.optional(),
  robustness: robustnessSchema.optional(),
  holdout: holdoutSchema.optional(),
  bootstrap: z.strictObject({ replicates: z.number().int().min(200).max(20_000).default(2000) }),
  'golden-requests': z.number().int().min(10).max(10_000).default(200).describe('Test rows kept with their scores, asked again of every image and rollout'),
});
export type GateSection = z.infer<typeof gateSchema>;
