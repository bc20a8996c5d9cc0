import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { type RetentionSection, retentionSchema } from '../pipeline/schema/retention.ts';
import type { PrunableArtifactStore, StoredEntry } from '../ports/artifact-store.ts';
import type { Logger } from '../ports/logger.ts';
import { readKeptRoots } from '../registry/kept-roots.ts';
import { planPrune, type PrunePlan, spentManifests, type StudyName, unnamedBlobs } from '../registry/plan-prune.ts';
import { manifestKeyOf, readManifests, readStoreContents, readStoredStudy, type StoreContents, type StoredStudy, withdrawnKey } from '../registry/store-contents.ts';

export interface PruneInputs {
  /** Ages are counted to this moment: milliseconds since the Unix epoch. */
  readonly asOf: number;
  /** Decide and report, but delete nothing. */
  readonly dryRun: boolean;
}

export interface PruneContext {
  readonly store: PrunableArtifactStore;
  readonly retention: RetentionSection;
  /** Tuning studies that the pipeline still learns from. */
  readonly keptStudies: readonly StudyName[];
  readonly logger: Logger;
}

export interface PruneResult {
  readonly plan: PrunePlan;
  /** Files that no manifest names any longer. */
  readonly blobs: readonly StoredEntry[];
}

const blobsAtOnce = 20;

/** The studies that the pipeline file names. */
export function keptStudiesOf({ name, tuning }: Pick<PipelineDefinition, 'name' | 'tuning'>): StudyName[] {
  return (tuning?.['warm-start'] ?? []).map((study) => ({ pipeline: name, study }));
}

/** The pipeline's ages, with the defaults where it names none. Logs that drift-check still reads are never too old. */
export function retentionOf({ retention, drift }: Pick<PipelineDefinition, 'retention' | 'drift'>): RetentionSection {
  const ages = retention ?? retentionSchema.parse({});
  return { ...ages, logs: Math.max(ages.logs, drift.window) };
}

/**
 * Removes what is older than the retention section says and led to no version. Manifests go first, and their files a day later, so that
 * whatever is cut in between leaves no manifest without its files, and a run that is reading can end. What a run has built on meanwhile
 * goes back to its place. A run that is cut is finished by the next.
 * @throws UserError artifact-corrupt, registry-corrupt: then nothing was deleted
 */
export async function prune({ asOf, dryRun }: PruneInputs, { store, retention, keptStudies, logger }: PruneContext): Promise<PruneResult> {
  const decide = async (contents: StoreContents): Promise<PrunePlan> => planPrune({ contents, roots: await readKeptRoots(store), retention, keptStudies, asOf });
  const contents = await readStoreContents(store);
  const plan = await decide(contents);
  if (dryRun) return { plan, blobs: unnamedBlobs({ ...contents, manifests: [...contents.manifests, ...plan.restored] }, asOf) };
  for (const [index, { key }] of plan.manifests.entries()) {
    await withdraw(store, key);
    logger.progress('manifests', index + 1, plan.manifests.length);
  }
  for (const { key } of [...plan.companions, ...plan.logs, ...plan.cache]) await store.remove(key);
  // As things are now: a run that was writing when this one began may have ended since.
  const present = await readStoreContents(store);
  const { restored } = await decide(present);
  for (const { key } of restored) await restore(store, key);
  const studies = await removeStudies(plan.studies, { store, decideNow: async (study) => (await decide({ ...present, manifests: await readManifests(store, present.manifests), studies: [study] })).studies });
  const blobs = await removeBlobs({ store, logger, present, asOf });
  // Last, for until their files are gone they say what was there.
  for (const { key } of spentManifests(present.withdrawn, asOf)) await store.remove(key);
  return { plan: { ...plan, restored, studies }, blobs };
}

interface StudyRemoval extends Pick<PruneContext, 'store'> {
  readonly decideNow: (study: StoredStudy) => Promise<readonly StoredStudy[]>;
}

/** A worker may have joined a study, or a candidate been tuned with it, since the plan was made: each is looked at again right before it goes. */
async function removeStudies(planned: readonly StoredStudy[], { store, decideNow }: StudyRemoval): Promise<StoredStudy[]> {
  const removed: StoredStudy[] = [];
  for (const study of planned) {
    const present = await readStoredStudy(store, study);
    for (const old of present === undefined ? [] : await decideNow(present)) {
      for (const { key } of old.records) await store.remove(key);
      removed.push(old);
    }
  }
  return removed;
}

interface BlobRemoval extends Pick<PruneContext, 'store' | 'logger'> {
  readonly present: StoreContents;
  readonly asOf: number;
}

/**
 * A writer that found an old file in place may name it while this runs. So manifests are looked at again before every few removals, and
 * a writer looks whether its files are still there once its manifest is.
 */
async function removeBlobs({ store, logger, present, asOf }: BlobRemoval): Promise<StoredEntry[]> {
  const removed: StoredEntry[] = [];
  let manifests = await readManifests(store, present.manifests);
  const candidates = unnamedBlobs({ ...present, manifests }, asOf);
  for (let start = 0; start < candidates.length; start += blobsAtOnce) {
    if (start > 0) manifests = await readManifests(store, manifests);
    const batch = unnamedBlobs({ ...present, manifests, blobs: candidates.slice(start, start + blobsAtOnce) }, asOf);
    for (const { key } of batch) await store.remove(key);
    removed.push(...batch);
    logger.progress('files', Math.min(start + blobsAtOnce, candidates.length), candidates.length);
  }
  return removed;
}

async function withdraw(store: PrunableArtifactStore, key: string): Promise<void> {
  const stored = await store.read(key);
  if (stored === undefined) return;
  // An earlier withdrawal of the same artefact would be too old to protect the files now.
  await store.remove(withdrawnKey(key));
  await store.create(withdrawnKey(key), stored.body);
  await store.remove(key);
}

async function restore(store: PrunableArtifactStore, key: string): Promise<void> {
  const stored = await store.read(key);
  if (stored === undefined) return;
  await store.create(manifestKeyOf(key), stored.body);
  await store.remove(key);
}
