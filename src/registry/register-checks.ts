import { type Digest, shortDigest } from '../artifacts/digest.ts';
import type { EvidenceStatement } from '../gate/evidence.ts';
import type { GoldenCheckResult } from '../packaging/golden-check.ts';
import type { Check } from '../verdict/verdict.ts';

export interface RegisterFindings {
  readonly statement: EvidenceStatement;
  /** Undefined where the image was not asked: a dry run. */
  readonly answer: GoldenCheckResult | undefined;
  /** Of the image, every time it was built. */
  readonly digests: readonly Digest[];
  /** Largest absolute difference allowed between a served and an expected probability. */
  readonly tolerance: number;
}

/** What register has found, as checks. */
export function registerChecks(findings: RegisterFindings): Check[] {
  return [evidenceCheck(findings.statement), goldenCheck(findings), reproducibleCheck(findings.digests)];
}

function evidenceCheck(statement: EvidenceStatement): Check {
  return {
    id: 'evidence',
    title: 'Signed evidence of a passed gate',
    value: statement.outcome,
    threshold: 'pass, signed by a trusted key, about these digests',
    severity: 'error',
    verdict: 'pass',
    details: { model: statement.model, dataset: statement.dataset, pipeline: statement.pipeline },
  };
}

function goldenCheck({ answer, tolerance }: RegisterFindings): Check {
  const check = { id: 'golden-requests', title: 'The image answers the golden requests', severity: 'error', unit: 'largest absolute difference', threshold: `≤ ${tolerance}` } as const;
  if (answer === undefined) return { ...check, value: null, verdict: 'skipped' };
  if (answer.kind === 'failed') {
    return { ...check, value: null, verdict: 'fail', message: answer.reason, remedy: 'Start the image by hand and look at its log; the model is the same that the gate scored.' };
  }
  const passed = answer.rows > 0 && answer.maximumDifference <= tolerance;
  return {
    ...check,
    value: Number.isFinite(answer.maximumDifference) ? answer.maximumDifference : null,
    sampleSize: answer.rows,
    verdict: passed ? 'pass' : 'fail',
    ...(passed ? {} : { message: 'the service scores the same rows differently from the gate', remedy: 'Compare the runtime versions of gate and service, and how the service encodes rows.' }),
  };
}

function reproducibleCheck(digests: readonly Digest[]): Check {
  const [first] = digests;
  const check = { id: 'reproducible-image', title: 'The image built again has the same digest', severity: 'error', sampleSize: digests.length } as const;
  if (first === undefined) return { ...check, value: null, verdict: 'skipped' };
  const same = digests.every((digest) => digest === first);
  return { ...check, value: shortDigest(first), verdict: same ? 'pass' : 'fail', ...(same ? {} : { remedy: 'Look for time, host or order in what goes into the image.' }) };
}
