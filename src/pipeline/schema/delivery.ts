import { z } from 'zod';
import { positiveDurationSchema } from '../duration.ts';

export const servingSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  'maximum-rows': z.number().int().min(1).max(100_000).default(1000),
  base: z
    .string()
    .regex(/^[^\s@]+\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/, 'must be host/repository@sha256: and 64 hexadecimal digits')
    .optional()
    .describe('The image of serving/Dockerfile, by digest; without it, the base is made from what is installed where register runs'),
  'online-features': z
    .strictObject({
      feed: z.literal('flights').describe('The source that a live feed tells while the service runs (FEATURE_FEED)'),
      mounted: z.array(z.string()).default([]).describe('Sources that go on after the version was made, e.g. weather: mounted where it runs (FEATURE_SOURCES). The others are shipped with the version'),
    })
    .optional()
    .describe("The service may compute the columns of a row itself: the image brings DuckDB, and each version the query's sources"),
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

const repository = z.string().regex(/^[^\s/@]+[.:][^\s/@]*\/[a-z0-9][a-z0-9._/-]*$|^localhost\/[a-z0-9][a-z0-9._/-]*$/, 'must be host/name without tag and digest, e.g. registry.example.com/delay-ml');

/** Where images are pushed. */
export const imageRegistrySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('oci-layout') }),
  z.strictObject({
    type: z.literal('oci'),
    repository: repository.describe('Host and name, as clusters pull it'),
    insecure: z.boolean().optional().describe('Plain http, though the host is not this machine'),
  }),
  z.strictObject({
    type: z.literal('ecr'),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region of AWS, e.g. eu-west-1'),
    repository: repository.describe('<account>.dkr.ecr.<region>.amazonaws.com/<name>; made where it is missing'),
    endpoint: z.string().regex(/^https?:\/\/[^\s/@]+$/, 'must be http:// or https:// and a host').optional().describe("The API's, where it is not Amazon's"),
  }),
]);
export type ImageRegistrySection = z.infer<typeof imageRegistrySchema>;

export const environmentSchema = z.strictObject({
  'data-root': z.string().optional(),
  store: z.string().optional().describe('file:///path or s3://bucket/prefix; the input `store` overrides it'),
  'git-host': z.strictObject({ type: z.enum(['local']) }),
  cluster: z.strictObject({ type: z.enum(['local']) }),
  metrics: z.strictObject({ type: z.enum(['scrape']) }),
  'image-registry': imageRegistrySchema,
});
export type EnvironmentSection = z.infer<typeof environmentSchema>;

/** The options of a notifier are checked by the plugin that brings it. */
export const notificationSchema = z.looseObject({ type: z.string().describe('log, or the name that a plugin gives its notifier') });
