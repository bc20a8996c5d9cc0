import { z } from 'zod';
import { positiveDurationSchema } from '../duration.ts';

/** How long the store keeps what no version's lineage names. */
export const retentionSchema = z.strictObject({
  artifacts: positiveDurationSchema.default(90 * 86_400_000).describe('Snapshots, candidates and evaluations that led to no version'),
  logs: positiveDurationSchema.default(180 * 86_400_000).describe('Prediction logs, results of checks and tuning studies'),
  cache: positiveDurationSchema.default(30 * 86_400_000).describe('Answers of weather services, and checkpoints of training'),
});
export type RetentionSection = z.infer<typeof retentionSchema>;
