import type { ExpectedEvidence } from '../gate/evidence.ts';
import type { VersionRecord } from '../ports/model-registry.ts';

/** The digests that the evidence for a registered version must be about. */
export function evidenceOfVersion(record: VersionRecord): ExpectedEvidence {
  return {
    evaluation: record.evaluation,
    candidate: record.candidate,
    model: record.modelDigest,
    dataset: record.dataset.digest,
    pipeline: record.pipelineDigest,
    code: record.codeDigest,
  };
}
