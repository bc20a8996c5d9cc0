import { z } from 'zod';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../artifacts/digest.ts';
import { operatingPointSchema, type OperatingPointSection } from '../pipeline/schema/operating-point.ts';
import type { OperatingPoint } from './trailing-recall.ts';

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const content = {
  schema: z.literal('taxiway/operating-point/v1'),
  /** The version that it is bound to: a threshold means nothing to another model's scores. */
  model: z.strictObject({ name: z.string().min(1), version: z.number().int().positive(), digest }),
  /** Probabilities at or above it are decision 1. */
  threshold: z.number().min(0).max(1),
  policy: operatingPointSchema,
  /** Days of the labelled rows it was chosen on, both inclusive; null where it is that of training. */
  window: z.strictObject({ from: z.iso.date(), to: z.iso.date(), rows: z.number().int().nonnegative(), positives: z.number().int().nonnegative() }).nullable(),
  source: z.enum(['trailing', 'validation']),
  createdAt: z.iso.datetime(),
};

/** The record without its id: what the id is the SHA-256 of. */
export type OperatingPointContent = z.infer<z.ZodObject<typeof content>>;

/**
 * How one version decides from one moment on. The id is the SHA-256 of the canonical JSON of everything else in it, so a record that was changed by hand
 * is seen by everyone who reads it; the service, which ships alone, checks the same by hand.
 */
export const operatingPointRecordSchema = z
  .strictObject({ ...content, id: digest })
  .refine(({ id, ...rest }) => operatingPointId(rest) === id, { message: 'must be the SHA-256 of the other members', path: ['id'] });
export type OperatingPointRecord = z.infer<typeof operatingPointRecordSchema>;

/** @example operatingPointId(content); // sha256:… */
export function operatingPointId(record: OperatingPointContent): Digest {
  return digestOf(canonicalJson(record satisfies Json));
}

export interface OperatingPointParts {
  readonly model: OperatingPointContent['model'];
  readonly point: OperatingPoint;
  readonly policy: OperatingPointSection;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The record of a threshold that the policy has chosen. */
export function operatingPointRecord({ model, point, policy, createdAt }: OperatingPointParts): OperatingPointRecord {
  const record: OperatingPointContent = {
    schema: 'taxiway/operating-point/v1',
    model,
    threshold: point.threshold,
    policy,
    window: windowOf(point, policy),
    source: point.source,
    createdAt,
  };
  return { ...record, id: operatingPointId(record) };
}

function windowOf({ day, rows, positives }: OperatingPoint, policy: OperatingPointSection): OperatingPointContent['window'] {
  if (policy.policy === 'fixed') return null;
  const to = day - policy.delay;
  return { from: dayText(to - policy.days + 1), to: dayText(to), rows, positives };
}

/** @param day UTC day number */
function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The file that is mounted into the service, and committed beside the deployment. */
export function operatingPointFile(record: OperatingPointRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}
