import { z } from 'zod';
import { type Digest, digestOf, isDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { PrunableArtifactStore, StoredEntry } from '../ports/artifact-store.ts';

/** An artefact's manifest as it lies in the store. */
export interface StoredManifest extends StoredEntry {
  readonly digest: Digest;
  /** snapshot, clean-snapshot, candidate, evaluation. */
  readonly kind: string;
  readonly parents: readonly Digest[];
  readonly blobs: readonly Digest[];
  /** Name of the tuning study whose parameters it was trained with. */
  readonly study?: string;
}

export interface StoredStudy {
  readonly pipeline: string;
  readonly study: string;
  /** When its youngest record was written: milliseconds since the Unix epoch. */
  readonly modified: number;
  /** In the order to remove them, what says that the study is there last: nobody joins half a study. */
  readonly records: readonly StoredEntry[];
}

export interface StoredBlob extends StoredEntry {
  readonly digest: Digest;
}

/** What belongs to one artefact beside its manifest: evidence, the gate's verdict, provenance. */
export interface Companion extends StoredEntry {
  readonly digest: Digest;
}

/** What an age policy is about; the registry and incidents are read apart, for they say what must stay. The decisions under `holdout/` stay for ever: a forgotten look is an unseen one. */
export interface StoreContents {
  readonly manifests: readonly StoredManifest[];
  /** Manifests that an earlier run took out; `modified` is when. */
  readonly withdrawn: readonly StoredManifest[];
  readonly blobs: readonly StoredBlob[];
  readonly companions: readonly Companion[];
  /** Prediction logs, results of checks. */
  readonly logs: readonly StoredEntry[];
  /** Tuning studies. */
  readonly studies: readonly StoredStudy[];
  /** What can be had again: answers of weather services, and trainings that were cut. */
  readonly cache: readonly StoredEntry[];
}

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));
/** Only what says what depends on what: artefacts of other releases are understood too. */
const manifestSchema = z.object({
  kind: z.string(),
  files: z.record(z.string(), z.object({ digest: digestSchema })),
  parents: z.record(z.string(), digestSchema),
  metadata: z.object({ tuned: z.object({ study: z.string() }).optional().catch(undefined) }).optional().catch(undefined),
});

const manifestPrefix = 'artifacts/';
const withdrawnPrefix = 'withdrawn/';
const manifestPattern = /^(?:withdrawn\/)?artifacts\/[a-z-]+\/([0-9a-f]{64})\.json$/;
const blobPattern = /^blobs\/sha256\/([0-9a-f]{64})$/;
const companionPatterns = [/^evidence\/([0-9a-f]{64})\.json$/, /^verdicts\/evaluate-gate\/([0-9a-f]{64})\.json$/, /^provenance\/[a-z-]+\/([0-9a-f]{64})\/[0-9a-f]+(?:-\d{8})?\.json$/];
const companionPrefixes = ['evidence/', 'verdicts/evaluate-gate/', 'provenance/'];
const cachePrefixes = ['cache/', 'checkpoints/'];
const studyPrefix = 'studies/';
const logPrefixes = ['predictions/', 'drift/', 'validations/'];

/** Where a manifest goes when it is taken out: its files stay for a day, so that a run that is reading them can end, and a mistake can be undone. */
export function withdrawnKey(manifestKey: string): string {
  return `${withdrawnPrefix}${manifestKey}`;
}

export function manifestKeyOf(withdrawn: string): string {
  return withdrawn.slice(withdrawnPrefix.length);
}

/** @throws UserError artifact-corrupt: nothing is deleted from a store that cannot be read whole */
export async function readStoreContents(store: PrunableArtifactStore): Promise<StoreContents> {
  const named = async (prefix: string, patterns: readonly RegExp[]): Promise<Companion[]> =>
    (await store.entries(prefix)).flatMap((entry) => {
      const digest = patterns.map((pattern) => digestIn(entry.key, pattern)).find((found) => found !== undefined);
      return digest === undefined ? [] : [{ ...entry, digest }];
    });
  const all = async (prefixes: readonly string[]): Promise<StoredEntry[]> => (await Promise.all(prefixes.map((prefix) => store.entries(prefix)))).flat();
  return {
    manifests: await readManifests(store),
    withdrawn: await readStored(store, await store.entries(withdrawnPrefix)),
    blobs: await named('blobs/sha256/', [blobPattern]),
    companions: (await Promise.all(companionPrefixes.map((prefix) => named(prefix, companionPatterns)))).flat(),
    logs: await all(logPrefixes),
    studies: await readStudies(store),
    cache: await all(cachePrefixes),
  };
}

/** A study is as old as its youngest record, and goes as a whole. */
async function readStudies(store: PrunableArtifactStore, prefix = studyPrefix): Promise<StoredStudy[]> {
  const studies = new Map<string, { readonly pipeline: string; readonly study: string; readonly records: StoredEntry[] }>();
  for (const entry of await store.entries(prefix)) {
    const [, root, pipeline, study] = /^(studies\/([^/]+)\/([^/]+))\/./.exec(entry.key) ?? [];
    // What is not filed under a study is not ours to judge.
    if (root === undefined || pipeline === undefined || study === undefined) continue;
    const found = studies.get(root) ?? { pipeline, study, records: [] };
    studies.set(root, found);
    found.records.push(entry);
  }
  return [...studies.values()].map((study) => ({ ...study, records: study.records.toReversed(), modified: study.records.reduce((youngest, { modified }) => Math.max(youngest, modified), 0) }));
}

/** The study as it is now; undefined where it is gone. */
export async function readStoredStudy(store: PrunableArtifactStore, { pipeline, study }: Pick<StoredStudy, 'pipeline' | 'study'>): Promise<StoredStudy | undefined> {
  return (await readStudies(store, `${studyPrefix}${pipeline}/${study}/`))[0];
}

/** The manifests there are now. Those in `known` are not read again: what a digest names never changes. */
export async function readManifests(store: PrunableArtifactStore, known: readonly StoredManifest[] = []): Promise<StoredManifest[]> {
  const byKey = new Map(known.map((manifest) => [manifest.key, manifest]));
  const entries = await store.entries(manifestPrefix);
  const added = await readStored(store, entries.filter(({ key }) => !byKey.has(key)));
  const addedByKey = new Map(added.map((manifest) => [manifest.key, manifest]));
  return entries.flatMap((entry) => addedByKey.get(entry.key) ?? byKey.get(entry.key) ?? []);
}

async function readStored(store: PrunableArtifactStore, entries: readonly StoredEntry[]): Promise<StoredManifest[]> {
  const manifests: StoredManifest[] = [];
  for (const entry of entries) {
    const digest = digestIn(entry.key, manifestPattern);
    // What is not named like a manifest is not ours to judge.
    if (digest === undefined) continue;
    const stored = await store.read(entry.key);
    // Another run has taken it out since it was listed.
    if (stored === undefined) continue;
    const manifest = digestOf(stored.body) === digest ? parse(stored.body) : undefined;
    if (manifest === undefined) {
      throw new UserError('artifact-corrupt', `${store.uri}/${entry.key} is no manifest, or not the one it is named by; nothing was deleted`, {
        hint: 'Restore the file or remove it by hand: without it nobody can say which files it names.',
      });
    }
    const study = manifest.metadata?.tuned?.study;
    manifests.push({
      ...entry,
      digest,
      kind: manifest.kind,
      parents: Object.values(manifest.parents),
      blobs: Object.values(manifest.files).map((file) => file.digest),
      ...(study === undefined ? {} : { study }),
    });
  }
  return manifests;
}

function parse(body: Uint8Array): z.infer<typeof manifestSchema> | undefined {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}

function digestIn(key: string, pattern: RegExp): Digest | undefined {
  const digest = `sha256:${pattern.exec(key)?.[1] ?? ''}`;
  return isDigest(digest) ? digest : undefined;
}
