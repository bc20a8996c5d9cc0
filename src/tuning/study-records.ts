import { z } from 'zod';
import { type Digest, isDigest } from '../artifacts/digest.ts';
import { tuningSchema } from '../pipeline/schema/tuning.ts';
import { trainingWindowSchema } from '../pipeline/training-window.ts';

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');
const valueSchema = z.union([z.string(), z.number(), z.boolean()]);
const { objective, sampler, pruner, parameters } = tuningSchema.shape;

/** What a study is about. Written once: a study that changed half way would compare what cannot be compared. */
export const studyRecordSchema = z.strictObject({
  schema: z.literal('taxiway/study/v1'),
  pipeline: z.string(),
  study: z.string(),
  /** Of the pipeline file that the study began with. */
  pipelineDigest: digestSchema,
  dataset: digestSchema,
  /** Digest of all that a trial's value depends on beside its parameters: features, training, window, dataset query. */
  basis: digestSchema,
  /** Digests of its parts, so that a mismatch can name them. Absent in older studies. */
  basisParts: z.strictObject({ features: digestSchema, training: digestSchema, data: digestSchema, scored: digestSchema, window: digestSchema }).optional(),
  /** Whose rows its trials have seen. Absent in older studies. */
  window: trainingWindowSchema.optional(),
  seed: z.number(),
  objective: objective.unwrap(),
  sampler: sampler.unwrap(),
  pruner: pruner.unwrap(),
  space: parameters,
});
export type StudyRecord = z.infer<typeof studyRecordSchema>;

/** Who runs a trial, and with what. A second attempt follows a worker that died. */
export const claimSchema = z.strictObject({
  schema: z.literal('taxiway/trial-claim/v1'),
  trial: z.number().int().positive(),
  attempt: z.number().int().positive(),
  shard: z.string(),
  /** The run that the worker belongs to: a shard's number alone may be another's, who is alive. */
  run: z.string(),
  /** `present`: what the pipeline file itself says. */
  source: z.enum(['present', 'sampler']),
  parameters: z.record(z.string(), valueSchema),
  at: z.string(),
});
export type TrialClaim = z.infer<typeof claimSchema>;

export const epochReportSchema = z.strictObject({
  schema: z.literal('taxiway/trial-epoch/v1'),
  epoch: z.number().int().positive(),
  /** The objective's; null where it was no finite number. */
  value: z.number().nullable(),
  at: z.string(),
});
export type EpochReport = z.infer<typeof epochReportSchema>;

export const trialEndSchema = z.strictObject({
  schema: z.literal('taxiway/trial-end/v1'),
  state: z.enum(['complete', 'pruned', 'failed']),
  /** The objective's, at the epoch whose weights would ship; null where there is none. */
  value: z.number().nullable(),
  epochs: z.number().int().nonnegative(),
  shard: z.string(),
  reason: z.string().optional(),
  at: z.string(),
});
export type TrialEnd = z.infer<typeof trialEndSchema>;

/** All that the store says about one trial. */
export interface Trial {
  readonly number: number;
  /** By attempt. */
  readonly claims: readonly TrialClaim[];
  /** By epoch; where an epoch was repeated, what the first attempt said. */
  readonly reports: readonly EpochReport[];
  /** When the last attempt was last heard of, by its claim or a report of its own: milliseconds since the Unix epoch. */
  readonly heard: number;
  readonly end: TrialEnd | undefined;
}
