import { UserError } from '../errors.ts';
import { evidenceKey, type EvidenceStatement, type EvidenceVerification, type ExpectedEvidence, type TrustedKey, verifyEvidence } from '../gate/evidence.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/**
 * The signed statement of a passed gate about exactly these digests; nothing less lets a model go on. Asked anew by every step.
 * @throws UserError evidence-missing, evidence-invalid, gate-not-passed
 */
export async function demandEvidence(store: ArtifactStore, expected: ExpectedEvidence, trustedKeys: readonly TrustedKey[]): Promise<EvidenceStatement> {
  const verification = await checkEvidence(store, expected, trustedKeys);
  if (verification.kind === 'verified') return verification.statement;
  const where = `${store.uri}/${evidenceKey(expected.evaluation)}`;
  switch (verification.reason) {
    case 'missing':
      throw new UserError('evidence-missing', `${where}: ${verification.message}`, { hint: 'Run evaluate-gate on the candidate first, with the same store.' });
    case 'not-passed':
      throw new UserError('gate-not-passed', `${where}: ${verification.message}`, { hint: 'Only a candidate whose gate passed can go on; its verdict says what is missing.' });
    case 'malformed':
    case 'unsigned':
    case 'untrusted-key':
    case 'bad-signature':
    case 'mismatch':
      throw new UserError('evidence-invalid', `${where}: ${verification.message}`, {
        hint: verification.remedy ?? 'Run evaluate-gate again with the signing key whose public half is in trusted-keys beside pipeline.yaml.',
      });
    default:
      throw new Error(`unexpected reason ${JSON.stringify(verification.reason satisfies never)}`);
  }
}

/** The same as a value, for who can go on without: reads the evidence and verifies it, digest by digest. */
export async function checkEvidence(store: ArtifactStore, expected: ExpectedEvidence, trustedKeys: readonly TrustedKey[]): Promise<EvidenceVerification> {
  const stored = await store.read(evidenceKey(expected.evaluation));
  return verifyEvidence(stored === undefined ? undefined : parse(stored.body), trustedKeys, expected);
}

/** Null is what verifyEvidence calls missing; a file that is no JSON is there, and malformed. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) ?? 'null';
  } catch {
    return 'no JSON';
  }
}
