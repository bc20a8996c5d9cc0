import { z } from 'zod';
import { positiveDurationSchema } from '../duration.ts';

export const servingSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  'maximum-rows': z.number().int().min(1).max(100_000).default(1000),
});

export const deploymentSchema = z.strictObject({
  manifests: z.string().describe('Folder of the kustomize base and overlays'),
  image: z.string().regex(/^[a-z0-9][a-z0-9./-]*$/).describe('The image name that the overlays replace'),
  branch: z.string().describe('The branch that the clusters follow'),
  strategy: z.enum(['rolling']).default('rolling'),
});

export const verificationSchema = z.strictObject({
  'ready-deadline': positiveDurationSchema,
  'latency-p95': positiveDurationSchema,
  'error-rate': z.number().min(0).max(1),
  'distribution-tolerance': z.number().positive().describe('Largest relative difference of mean score and positive rate on identical requests'),
  'score-tolerance': z.number().positive().describe('Largest difference between a served and an offline score'),
  'minimum-requests': z.number().int().positive(),
  'poll-interval': positiveDurationSchema,
});
export type VerificationSection = z.infer<typeof verificationSchema>;

export const environmentSchema = z.strictObject({
  'data-root': z.string().optional(),
  store: z.string().optional().describe('file:///path or s3://bucket/prefix; the input `store` overrides it'),
  'git-host': z.strictObject({ type: z.enum(['local']) }),
  cluster: z.strictObject({ type: z.enum(['local']) }),
  metrics: z.strictObject({ type: z.enum(['scrape']) }),
  'image-registry': z.strictObject({ type: z.enum(['oci-layout']) }),
});
export type EnvironmentSection = z.infer<typeof environmentSchema>;

/** The options of a notifier are checked by the plugin that brings it. */
export const notificationSchema = z.looseObject({ type: z.string().describe('log, or the name that a plugin gives its notifier') });
