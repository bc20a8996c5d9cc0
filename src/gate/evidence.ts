import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, hexOf, isDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { outcomeSchema } from '../verdict/verdict.ts';

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'must be a sha256 digest');

const statementSchema = z.strictObject({
  schema: z.literal('taxiway/evidence/v1'),
  evaluation: digest,
  candidate: digest,
  /** SHA-256 of model.onnx. */
  model: digest,
  dataset: digest,
  pipeline: digest,
  /** Of the release of Taxiway that judged: SHA-256 over its bundles. */
  code: digest,
  outcome: outcomeSchema,
  championVersion: z.number().int().positive().optional(),
});
export type EvidenceStatement = z.infer<typeof statementSchema>;

const evidenceSchema = z.strictObject({
  statement: statementSchema,
  keyId: z.string().nullable(),
  /** Ed25519 over the statement's canonical JSON, base64. */
  signature: z.string().nullable(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export interface TrustedKey {
  readonly keyId: string;
  readonly publicKeyPem: string;
}

/** What the evidence must be about: every digest is compared. */
export type ExpectedEvidence = Pick<EvidenceStatement, 'evaluation' | 'candidate' | 'model' | 'dataset' | 'pipeline' | 'code'>;

export type EvidenceVerification = { readonly kind: 'verified'; readonly statement: EvidenceStatement } | Refusal;

interface Refusal {
  readonly kind: 'refused';
  readonly reason: 'missing' | 'malformed' | 'unsigned' | 'untrusted-key' | 'bad-signature' | 'mismatch' | 'not-passed';
  /** One sentence for a check's message. */
  readonly message: string;
  /** What to do, where it is more than running the gate again with the right key. */
  readonly remedy?: string;
}

export function evidenceKey(evaluation: Digest): string {
  return `evidence/${hexOf(evaluation)}.json`;
}

/** First 16 hexadecimal digits of the SHA-256 of the public key (SPKI, DER). @throws UserError signing-key-invalid */
export function keyIdOf(publicKeyPem: string): string {
  return keyIdOfKey(readKey(() => createPublicKey(publicKeyPem), 'public'));
}

/** Asked before hours of work are spent on a statement that cannot be signed. @throws UserError signing-key-invalid */
export function checkSigningKey(privateKeyPem: string | undefined): void {
  if (privateKeyPem !== undefined) readKey(() => createPrivateKey(privateKeyPem), 'private');
}

/**
 * Binds a gate's outcome to the digests it is about. Without a key the evidence is unsigned, and no verification accepts it.
 * @throws UserError signing-key-invalid
 */
export function signEvidence(statement: EvidenceStatement, privateKeyPem: string | undefined): Evidence {
  if (privateKeyPem === undefined) return { statement, keyId: null, signature: null };
  const key = readKey(() => createPrivateKey(privateKeyPem), 'private');
  return {
    statement,
    keyId: keyIdOfKey(createPublicKey(key)),
    signature: sign(null, messageOf(statement), key).toString('base64'),
  };
}

/**
 * Accepts evidence only when a trusted key signed exactly these digests with the outcome `pass`. Everything else is a refusal with its reason.
 * @param evidence whatever was read: parsed JSON, or undefined where there was nothing
 */
export function verifyEvidence(evidence: unknown, trustedKeys: readonly TrustedKey[], expected: ExpectedEvidence): EvidenceVerification {
  if (evidence === undefined || evidence === null) return refused('missing', 'there is no evidence for this evaluation');
  const parsed = evidenceSchema.safeParse(evidence);
  if (!parsed.success) {
    // Also evidence of a release that did not yet bind the code.
    return { ...refused('malformed', `the evidence is malformed: ${describeFlaw(parsed.error)}`), remedy: 'Run evaluate-gate again with this release: evidence of another one may say less than is asked now.' };
  }
  const { statement, keyId, signature } = parsed.data;
  if (keyId === null || signature === null) return refused('unsigned', 'the evidence is not signed: the gate ran without a signing key');
  // The key is found by the identity of its own bytes, never by the name somebody gave it.
  const trusted = trustedKeys.find((key) => key.keyId === keyId && keyIdOf(key.publicKeyPem) === keyId);
  if (trusted === undefined) return refused('untrusted-key', `the evidence is signed by key ${keyId}, which is not trusted`);
  const publicKey = readKey(() => createPublicKey(trusted.publicKeyPem), 'public');
  if (!verify(null, messageOf(statement), publicKey, Buffer.from(signature, 'base64'))) {
    return refused('bad-signature', 'the signature does not fit the evidence: it was changed after signing');
  }
  for (const [role, digestExpected] of Object.entries(expected)) {
    const found = statement[role as keyof ExpectedEvidence];
    if (found !== digestExpected) return mismatch(role as keyof ExpectedEvidence, found, digestExpected);
  }
  if (statement.outcome !== 'pass') return refused('not-passed', `the gate's outcome was ${statement.outcome}`);
  return { kind: 'verified', statement };
}

function mismatch(role: keyof ExpectedEvidence, found: Digest, asked: Digest): EvidenceVerification {
  if (role !== 'code') return refused('mismatch', `the evidence is about ${role} ${found}, not ${asked}`);
  return {
    ...refused('mismatch', `the gate was run by another release of Taxiway: its code is ${found}, not ${asked}`),
    remedy: 'Run evaluate-gate again with the release that goes on, then pass its evaluation.',
  };
}

function describeFlaw({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.map(String).join('.') ?? '';
  return `${where === '' ? 'it' : where} is missing or not what it must be`;
}

function messageOf(statement: EvidenceStatement): Buffer {
  return Buffer.from(canonicalJson(statement));
}

function keyIdOfKey(key: KeyObject): string {
  return createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);
}

function readKey(read: () => KeyObject, which: 'private' | 'public'): KeyObject {
  const hint = `Make a pair with: openssl genpkey -algorithm ed25519; pass the ${which} key as PEM.`;
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    throw new UserError('signing-key-invalid', `the ${which} key is not readable as PEM`, { hint, cause });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new UserError('signing-key-invalid', `the ${which} key is ${key.asymmetricKeyType ?? 'of an unknown type'}; only ed25519 is allowed`, { hint });
  }
  return key;
}

function refused(reason: Refusal['reason'], message: string): Refusal {
  return { kind: 'refused', reason, message };
}
