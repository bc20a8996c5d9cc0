import { z } from 'zod';
import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, digestOf, hexOf } from '../artifacts/digest.ts';
import type { Candidate } from '../gate/candidate.ts';
import { evidenceKey, type EvidenceStatement } from '../gate/evidence.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { MeasuredMetric, ParentModel, VersionDraft, VersionRecord } from '../ports/model-registry.ts';
import type { PlannedVersion } from './plan-version.ts';

const trainingSchema = z.looseObject({ hyperparameters: z.record(z.string(), z.json()) });
const estimateSchema = z.looseObject({ value: z.number().nullable(), interval: z.tuple([z.number(), z.number()]).nullable(), sampleSize: z.number() });
const evaluationSchema = z.looseObject({ candidate: z.record(z.string(), estimateSchema) });

export interface DraftParts {
  readonly candidate: Candidate;
  readonly evaluation: Artifact;
  readonly statement: EvidenceStatement;
  readonly planned: PlannedVersion;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the image registry. */
  readonly repository: string;
  /** The versions there are: parents are named by their number, too. */
  readonly known: readonly VersionRecord[];
}

export interface DraftSources {
  readonly artifacts: ArtifactRepository;
  readonly store: ArtifactStore;
  readonly pipeline: LoadedPipeline;
  readonly codeCommit: string;
}

/** What the registry keeps of a version, gathered from its candidate, its evaluation and its image. Metrics without a value or interval are left out. */
export async function draftVersion(parts: DraftParts, sources: DraftSources): Promise<VersionDraft> {
  const { artifacts, store, pipeline, codeCommit } = sources;
  const { artifact, metadata, dataset } = parts.candidate;
  const { hyperparameters } = trainingSchema.parse(await artifacts.json(artifact, 'training.json'));
  const { candidate: estimates } = evaluationSchema.parse(await artifacts.json(parts.evaluation, 'evaluation.json'));
  const metrics: Record<string, MeasuredMetric> = {};
  for (const [name, { value, interval, sampleSize }] of Object.entries(estimates)) {
    if (value !== null && interval !== null) metrics[name] = { value, interval, sampleSize };
  }
  return {
    model: pipeline.definition.name,
    version: parts.planned.version,
    candidate: artifact.digest,
    evaluation: parts.evaluation.digest,
    modelDigest: metadata.modelDigest,
    dataset: { uri: `${store.uri}/artifacts/clean-snapshot/${hexOf(dataset)}.json`, digest: dataset },
    pipelineDigest: pipeline.digest,
    codeCommit,
    codeDigest: parts.statement.code,
    imageRepository: parts.repository,
    imageDigest: parts.planned.image.digest,
    metrics,
    threshold: metadata.threshold,
    hyperparameters,
    trainingWindow: metadata.window,
    champion: parts.statement.championVersion,
    parents: parentModels(parts),
    evidence: await readEvidence(parts.evaluation.digest, store),
    labels: parts.labels,
  };
}

/** What training began from, and what the gate compared with. */
function parentModels({ candidate, evaluation, known }: DraftParts): ParentModel[] {
  const found = [
    ['champion', evaluation.manifest.parents['champion']],
    ['warm-start', candidate.artifact.manifest.parents['warm-start']],
  ] as const;
  return found.flatMap(([role, digest]) => (digest === undefined ? [] : [{ role, candidate: digest, version: known.find((record) => record.candidate === digest)?.version }]));
}

/** The bytes that were verified a moment ago. */
async function readEvidence(evaluation: Digest, store: ArtifactStore): Promise<VersionDraft['evidence']> {
  const key = evidenceKey(evaluation);
  const stored = await store.read(key);
  return stored === undefined ? undefined : { key, digest: digestOf(stored.body) };
}
