import { z } from 'zod';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { digestOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';

/**
 * The shape of records that this release writes and reads. It grows only where an older release must not read on: a new member that it may
 * overlook is no new shape. Records of shape 1 do not name it.
 */
const newestSchema = 1;

const envelope = z.strictObject({ record: z.json(), sha256: z.string(), schema: z.literal(newestSchema).optional() });
const anyEnvelope = z.looseObject({ schema: z.number().int().gt(newestSchema) });

/** A record with the SHA-256 of its own canonical JSON beside it, so that a flipped byte is found wherever it is read. */
export function sealRecord(record: Json): Uint8Array {
  return Buffer.from(`${canonicalJson({ record, sha256: digestOf(canonicalJson(record)) })}\n`);
}

/**
 * What was sealed, verified and parsed.
 * @param where URI of the object, for the message
 * @throws UserError registry-corrupt: cut or changed; registry-newer: whole, and not understood
 */
export function openRecord<T>(body: Uint8Array, schema: z.ZodType<T>, where: string): T {
  const found = parseJson(body, where);
  const newer = anyEnvelope.safeParse(found).data;
  if (newer !== undefined) throw writtenByNewer(where, `has schema ${newer.schema}; this release reads up to ${newestSchema}`);
  const sealed = envelope.safeParse(found);
  if (!sealed.success) throw corrupt(where, 'is no sealed record');
  const { record, sha256 } = sealed.data;
  if (digestOf(canonicalJson(record)) !== sha256) throw corrupt(where, 'does not have the SHA-256 written in it');
  const parsed = schema.safeParse(record);
  if (!parsed.success) throw writtenByNewer(where, `is whole, but says something that this release (schema ${newestSchema}) does not know: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  return parsed.data;
}

function parseJson(body: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw corrupt(where, 'is not JSON');
  }
}

/** Its SHA-256 is right, so that nobody changed it: whoever wrote it knew more. */
function writtenByNewer(where: string, what: string): UserError {
  return new UserError('registry-newer', `${where} ${what}`, {
    hint: 'A newer release of Taxiway wrote it. Upgrade Taxiway here to at least that release; nothing was changed, and the older one goes on reading what it wrote itself.',
  });
}

export function corrupt(where: string, what: string): UserError {
  return new UserError('registry-corrupt', `${where} ${what}`, {
    hint: 'Somebody changed the registry by hand, or the file was cut. Restore this object from a backup or from the bucket’s earlier versions of it: records are written once and never change. Until then nothing is decided by it.',
  });
}
