import { z } from 'zod';
import { type Digest, isDigest } from '../artifacts/digest.ts';
import type { ChallengerEvent, LiveEvent, LivePointer, QuarantineEntry, VersionRecord } from '../ports/model-registry.ts';

// Members that this release does not know are kept: a newer one wrote them, and they change nothing of what is read here (docs/registry.md).

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');
const version = z.number().int().positive();
const moment = z.iso.datetime();
const dayRange = z.looseObject({ from: z.string(), to: z.string() });

export const versionRecordSchema: z.ZodType<VersionRecord> = z.looseObject({
  model: z.string(),
  version,
  imageTag: z.string(),
  registeredAt: moment,
  candidate: digest,
  evaluation: digest,
  modelDigest: digest,
  dataset: z.looseObject({ uri: z.string(), digest }),
  pipelineDigest: digest,
  codeCommit: z.string(),
  codeDigest: digest,
  imageRepository: z.string(),
  imageDigest: digest,
  metrics: z.record(z.string(), z.looseObject({ value: z.number(), interval: z.tuple([z.number(), z.number()]), sampleSize: z.number().int().nonnegative() })),
  threshold: z.number(),
  hyperparameters: z.record(z.string(), z.json()),
  trainingWindow: z.looseObject({ fit: dayRange, calibrate: dayRange, test: dayRange }),
  // JSON has no undefined: the member is left out where there was no champion.
  champion: version.optional().transform((value): number | undefined => value),
  // Records of earlier releases have neither parents nor evidence.
  parents: z.array(z.looseObject({ role: z.enum(['warm-start', 'champion']), candidate: digest, version: version.optional().transform((value): number | undefined => value) })).default([]),
  evidence: z.looseObject({ key: z.string(), digest }).optional().transform((value): VersionRecord['evidence'] => value),
  labels: z.record(z.string(), z.string()),
});

const pointer = {
  environment: z.string(),
  version,
  imageDigest: digest,
  epoch: z.number().int().positive(),
  since: moment,
};
const livePointer = { ...pointer, commit: z.string() };

export const livePointerSchema: z.ZodType<LivePointer> = z.looseObject(livePointer);
export const liveEventSchema: z.ZodType<LiveEvent> = z.looseObject({ ...livePointer, kind: z.enum(['promoted', 'rolled-back']) });

export const challengerEventSchema: z.ZodType<ChallengerEvent> = z.looseObject({ ...pointer, liveEpoch: z.number().int().nonnegative(), kind: z.enum(['nominated', 'withdrawn']) });

export const quarantineEntrySchema: z.ZodType<QuarantineEntry> = z.looseObject({ imageDigest: digest, version, reason: z.string(), at: moment });
