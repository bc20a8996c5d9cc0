import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Outcome } from '../verdict/verdict.ts';
import type { Evaluation } from './evaluation.ts';
import { evidenceKey, type EvidenceStatement, signEvidence } from './evidence.ts';
import { goldenRequests } from './golden-requests.ts';
import type { Judged, JudgedModels } from './judge-models.ts';

export interface EvaluationRecord extends JudgedModels, Pick<Judged, 'scores' | 'championScores'> {
  readonly evaluation: Evaluation;
  readonly outcome: Outcome;
  /** report.html, the same for the same evaluation. */
  readonly page: string;
}

export interface RecordContext {
  readonly artifacts: ArtifactRepository;
  readonly pipeline: LoadedPipeline;
  /** Of the release that judged. */
  readonly code: Digest;
}

/** evaluation.json, golden.json and report.html as an artefact. */
export async function writeEvaluation({ candidate, champion, table, evaluation, outcome, page, scores, championScores }: EvaluationRecord, { artifacts, pipeline, code }: RecordContext): Promise<Artifact> {
  const golden = goldenRequests({
    table,
    definition: pipeline.definition,
    scores,
    champion: champion === undefined || championScores === undefined ? undefined : { scores: championScores, threshold: champion.candidate.metadata.threshold },
    threshold: candidate.metadata.threshold,
    count: pipeline.definition.gate['golden-requests'],
  });
  // Latency differs from run to run and stays in the verdict, so that the same rows and models always give the same digest.
  return artifacts.write({
    kind: 'evaluation',
    files: { 'evaluation.json': encode(evaluation), 'golden.json': encode(golden), 'report.html': Buffer.from(page) },
    parents: { candidate: candidate.artifact.digest, dataset: candidate.dataset, ...(champion === undefined ? {} : { champion: champion.digest }) },
    // Another release judges anew: its evidence stands beside this one's, under which versions may already be registered.
    metadata: { outcome, modelDigest: digestOf(candidate.model), pipeline: pipeline.digest, code },
  });
}

/** Evaluation and golden requests are plain JSON by construction; canonical JSON throws on the NaN that types cannot rule out. */
function encode(value: object): Uint8Array {
  return Buffer.from(canonicalJson(value as Json));
}

/** The same statement again changes nothing; a key that was missing or rotated replaces the signature, never the statement. */
export async function writeEvidence(statement: EvidenceStatement, signingKey: string | undefined, store: ArtifactStore): Promise<string> {
  const key = evidenceKey(statement.evaluation);
  const body = Buffer.from(canonicalJson(signEvidence(statement, signingKey)));
  if ((await store.create(key, body)) === 'created') return key;
  const stored = await store.read(key);
  if (signingKey !== undefined && stored !== undefined && !body.equals(stored.body)) await store.replace(key, body, stored.etag);
  return key;
}
