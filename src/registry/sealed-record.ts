import { z } from 'zod';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { digestOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';

const envelope = z.strictObject({ record: z.json(), sha256: z.string() });

/** A record with the SHA-256 of its own canonical JSON beside it, so that a flipped byte is found wherever it is read. */
export function sealRecord(record: Json): Uint8Array {
  return Buffer.from(`${canonicalJson({ record, sha256: digestOf(canonicalJson(record)) })}\n`);
}

/**
 * What was sealed, verified and parsed.
 * @param where URI of the object, for the message
 * @throws UserError registry-corrupt: cut, changed or of another shape
 */
export function openRecord<T>(body: Uint8Array, schema: z.ZodType<T>, where: string): T {
  const sealed = envelope.safeParse(parseJson(body, where));
  if (!sealed.success) throw corrupt(where, 'is no sealed record');
  const { record, sha256 } = sealed.data;
  if (digestOf(canonicalJson(record)) !== sha256) throw corrupt(where, 'does not have the SHA-256 written in it');
  const parsed = schema.safeParse(record);
  if (!parsed.success) throw corrupt(where, `has another shape: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  return parsed.data;
}

function parseJson(body: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw corrupt(where, 'is not JSON');
  }
}

export function corrupt(where: string, what: string): UserError {
  return new UserError('registry-corrupt', `${where} ${what}`, {
    hint: 'Somebody changed the registry by hand, or the file was cut. Restore it from a backup: records are written once and never change.',
  });
}
