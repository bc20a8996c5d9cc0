import { z } from 'zod';

/** A pull request where there is no forge: one JSON document per number, replaced by compare-and-swap. */
export const pullRequestRecordSchema = z.strictObject({
  schema: z.literal('taxiway/pull-request/v1'),
  number: z.number().int().positive(),
  branch: z.string(),
  base: z.string(),
  state: z.enum(['open', 'closed', 'merged']),
  title: z.string(),
  body: z.string(),
  labels: z.array(z.string()),
  /** Where the branch stood when it was closed or merged. */
  head: z.string().optional(),
  closedBecause: z.string().optional(),
  mergeCommit: z.string().optional(),
  /** By marker. */
  comments: z.record(z.string(), z.string()),
});
export type PullRequestRecord = z.infer<typeof pullRequestRecordSchema>;
