import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { ServingBaseSource } from '../packaging/serving-base.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { type CardFacts, readCardFacts } from './card-facts.ts';
import { renderMlBom } from './ml-bom.ts';
import { renderModelCard } from './model-card.ts';
import { registryKeys } from './registry-keys.ts';
import { readServedLibraries } from './served-libraries.ts';

export interface DescriptionSources {
  readonly store: ArtifactStore;
  readonly artifacts: ArtifactRepository;
  readonly pipeline: LoadedPipeline;
  readonly servingBase: ServingBaseSource;
  readonly lockFile?: string;
}

/**
 * Writes what lies beside a version's record, for people and for programs that ask what is in it; harmless to repeat.
 * @param earlier the image is not the one that is built today: of what runs in it only its base is known, as far as it says so
 */
export type DescribeVersion = (record: VersionRecord, earlier?: { readonly base: Digest | undefined }) => Promise<void>;

/**
 * Reads whatever can be missing or corrupt, so that it is found before there is a version: to describe one is then to write two objects.
 * @param subject the candidate of every version that is described
 */
export async function prepareDescription(subject: { readonly candidate: Artifact; readonly evaluation: Artifact }, sources: DescriptionSources): Promise<DescribeVersion> {
  const { store, artifacts, servingBase, lockFile, pipeline: { definition } } = sources;
  const facts = await readCardFacts(artifacts, subject);
  const served = 'registry' in servingBase ? { libraries: [], base: servingBase.digest } : { libraries: await readServedLibraries({ ...servingBase, lockFile }) };
  /** A version that was judged before keeps to the evaluation in its record. */
  const factsOf = async ({ evaluation }: VersionRecord): Promise<CardFacts> =>
    evaluation === subject.evaluation.digest ? facts : readCardFacts(artifacts, { ...subject, evaluation: await artifacts.read('evaluation', evaluation) });
  return async (record, earlier) => {
    const known = await factsOf(record);
    const keys = registryKeys(record.model);
    const card = Buffer.from(renderModelCard(record, definition, known));
    await store.create(keys.modelCard(record.version), card);
    await demandConditionalWrites(store, keys.modelCard(record.version), card);
    await store.create(keys.modelBom(record.version), Buffer.from(renderMlBom({ record, definition, facts: known, ...(earlier === undefined ? served : { libraries: [], ...(earlier.base !== undefined && { base: earlier.base }) }) })));
  };
}

/** A store that takes a write though the key is there would let a second writer decide what a first one has decided, and tell nobody. */
async function demandConditionalWrites(store: ArtifactStore, key: string, body: Uint8Array): Promise<void> {
  if ((await store.create(key, body)) === 'exists') return;
  throw new UserError('store-unconditional', `${store.uri}/${key} could be created twice: the store ignores If-None-Match, by which the registry decides who was first`, {
    hint: 'Use a store with conditional writes, such as Amazon S3, or a newer release of the server. Decide nothing by what this one holds.',
  });
}
