import { z } from 'zod';

/** The pipeline's `operating-point` section: how the decision threshold follows the base rate between two versions of the model. */
export const operatingPointSchema = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('fixed').describe('The threshold that training chose holds until the next version.') }),
  z.strictObject({
    policy: z.literal('trailing-recall').describe('Every day the highest threshold that would have reached the target recall on the labelled rows of the days before.'),
    target: z.number().gt(0).max(1).default(0.83),
    days: z.number().int().positive().default(28).describe('Length of the window in days; shorter ones chase noise.'),
    delay: z.number().int().positive().default(2).describe('The window ends this many days before the day that is decided for: labels must have come by then.'),
    'minimum-positives': z.number().int().positive().default(200).describe('With fewer in the window the threshold that training chose holds.'),
  }),
]);
export type OperatingPointSection = z.infer<typeof operatingPointSchema>;
