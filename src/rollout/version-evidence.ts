import { type Evidence, evidenceKey, type EvidenceVerification, type TrustedKey, verifyEvidence } from '../gate/evidence.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { VersionRecord } from '../ports/model-registry.ts';

/** Reads and verifies the gate's evidence for a registered version, digest by digest. Unreadable is refused like missing. */
export async function verifyVersionEvidence(store: ArtifactStore, record: VersionRecord, trustedKeys: readonly TrustedKey[]): Promise<EvidenceVerification> {
  const stored = await store.read(evidenceKey(record.evaluation));
  return verifyEvidence(stored === undefined ? undefined : parse(stored.body), trustedKeys, {
    evaluation: record.evaluation,
    candidate: record.candidate,
    model: record.modelDigest,
    dataset: record.dataset.digest,
    pipeline: record.pipelineDigest,
  });
}

function parse(body: Uint8Array): Evidence | string {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text) as Evidence;
  } catch {
    // Not JSON: no evidence has the shape of a text, so verification calls it malformed.
    return text;
  }
}
