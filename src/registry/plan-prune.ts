import type { Digest } from '../artifacts/digest.ts';
import type { RetentionSection } from '../pipeline/schema/retention.ts';
import type { StoredEntry } from '../ports/artifact-store.ts';
import type { KeptRoot } from './kept-roots.ts';
import type { StoreContents, StoredBlob, StoredManifest, StoredStudy } from './store-contents.ts';

/** An object that nobody has touched for less than this stays: it may belong to a run that is still writing, or reading. */
export const graceTime = 86_400_000;

export interface PruneRequest {
  readonly contents: StoreContents;
  readonly roots: readonly KeptRoot[];
  readonly retention: RetentionSection;
  /** Tuning studies that somebody still means to learn from. */
  readonly keptStudies: readonly StudyName[];
  /** Ages are counted to this moment: milliseconds since the Unix epoch. */
  readonly asOf: number;
}

/** Of one pipeline; of any where the pipeline is not known, as a candidate names the study it was trained with. */
export interface StudyName {
  readonly pipeline?: string;
  readonly study: string;
}

export interface PrunePlan {
  /** Manifests to take out, what was made before what it was made from: a lineage never dangles. */
  readonly manifests: readonly StoredManifest[];
  /** Bytes of files that only these manifests name: they go a day later. */
  readonly released: number;
  /** Evidence, verdicts and provenance of artefacts that are gone. */
  readonly companions: readonly StoredEntry[];
  readonly logs: readonly StoredEntry[];
  readonly studies: readonly StoredStudy[];
  readonly cache: readonly StoredEntry[];
  readonly kept: readonly KeptArtifacts[];
  /** Manifests that were taken out, and that something made or registered since was made from: they go back. */
  readonly restored: readonly StoredManifest[];
  /** What a root names and the store does not have. */
  readonly missing: readonly { readonly reason: string; readonly digest: Digest }[];
}

export interface KeptArtifacts {
  readonly reason: string;
  readonly artifacts: number;
}

/** Decides what an age policy removes. Nothing that a root reaches by parents is ever in the plan. */
export function planPrune({ contents, roots, retention, keptStudies, asOf }: PruneRequest): PrunePlan {
  const isOlder = (entry: Pick<StoredEntry, 'modified'>, age: number): boolean => asOf - entry.modified > Math.max(age, graceTime);
  // An artefact that is made again keeps its manifest; that it was made is written beside it.
  const lastMade = new Map<Digest, number>();
  for (const { digest, modified } of contents.companions) lastMade.set(digest, Math.max(modified, lastMade.get(digest) ?? modified));
  const made = (manifest: StoredManifest): StoredEntry => ({ ...manifest, modified: Math.max(manifest.modified, lastMade.get(manifest.digest) ?? 0) });
  const present = new Set(contents.manifests.map(({ digest }) => digest));
  const byDigest = new Map([...contents.withdrawn, ...contents.manifests].map((manifest) => [manifest.digest, manifest]));
  const young: KeptRoot = {
    reason: 'not old enough',
    digests: contents.manifests.filter((manifest) => !isOlder(made(manifest), retention.artifacts)).map(({ digest }) => digest),
  };
  const kept = new Set<Digest>();
  const reasons = [...roots, young].map((root): KeptArtifacts => {
    const before = kept.size;
    const since = root.since ?? Number.POSITIVE_INFINITY;
    const begun = contents.manifests.filter(({ modified }) => modified >= since).map(({ digest }) => digest);
    for (const digest of reachable([...root.digests, ...begun], byDigest)) kept.add(digest);
    return { reason: root.reason, artifacts: kept.size - before };
  });
  const manifests = dependentsFirst(contents.manifests.filter(({ digest }) => !kept.has(digest)));
  // As long as a candidate can be read, or put back, it can be asked what it was tuned with.
  const tunedWith = [...contents.manifests, ...contents.withdrawn].flatMap(({ study }): StudyName[] => (study === undefined ? [] : [{ study }]));
  const staying = new Set([...kept].flatMap((digest) => byDigest.get(digest)?.blobs ?? []));
  const leaving = new Set(manifests.flatMap(({ blobs }) => blobs));
  return {
    manifests,
    released: contents.blobs.filter(({ digest }) => leaving.has(digest) && !staying.has(digest)).reduce((sum, { size }) => sum + size, 0),
    companions: contents.companions.filter((entry) => !kept.has(entry.digest) && !isNamed(entry.digest, roots) && isOlder(entry, retention.artifacts)),
    logs: contents.logs.filter((entry) => isOlder({ ...entry, modified: Math.max(entry.modified, dayOfKey(entry.key) ?? 0) }, retention.logs)),
    studies: contents.studies.filter((entry) => isOlder(entry, retention.logs) && ![...keptStudies, ...tunedWith].some((name) => names(name, entry))),
    cache: contents.cache.filter((entry) => isOlder(entry, retention.cache)),
    kept: reasons,
    restored: [...new Map(contents.withdrawn.map((manifest) => [manifest.digest, manifest])).values()].filter(({ digest }) => kept.has(digest) && !present.has(digest)),
    missing: roots.flatMap(({ reason, digests }) => digests.filter((digest) => !byDigest.has(digest)).map((digest) => ({ reason, digest }))),
  };
}

/**
 * Files that no manifest names, neither one in place nor one taken out within the last day.
 * To be asked right before they are removed, with the manifests of that moment.
 */
export function unnamedBlobs(contents: Pick<StoreContents, 'manifests' | 'withdrawn' | 'blobs'>, asOf: number): StoredBlob[] {
  const recent = contents.withdrawn.filter(({ modified }) => asOf - modified <= graceTime);
  const named = new Set([...contents.manifests, ...recent].flatMap(({ blobs }) => blobs));
  return contents.blobs.filter(({ digest, modified }) => !named.has(digest) && asOf - modified > graceTime);
}

/** Manifests that were taken out more than a day ago: their files are gone, or named by others. */
export function spentManifests(withdrawn: readonly StoredManifest[], asOf: number): StoredManifest[] {
  return withdrawn.filter(({ modified }) => asOf - modified > graceTime);
}

function reachable(from: readonly Digest[], byDigest: ReadonlyMap<Digest, StoredManifest>): Set<Digest> {
  const found = new Set<Digest>();
  const open = [...from];
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    const manifest = byDigest.get(digest);
    if (manifest === undefined || found.has(digest)) continue;
    found.add(digest);
    open.push(...manifest.parents);
  }
  return found;
}

function dependentsFirst(manifests: readonly StoredManifest[]): StoredManifest[] {
  const open = new Map(manifests.map((manifest) => [manifest.digest, manifest]));
  const originsFirst: StoredManifest[] = [];
  const visit = (manifest: StoredManifest): void => {
    if (!open.delete(manifest.digest)) return;
    for (const parent of manifest.parents) {
      const next = open.get(parent);
      if (next !== undefined) visit(next);
    }
    originsFirst.push(manifest);
  };
  for (const manifest of manifests) visit(manifest);
  return originsFirst.reverse();
}

function names({ pipeline, study }: StudyName, stored: StoredStudy): boolean {
  return study === stored.study && (pipeline === undefined || pipeline === stored.pipeline);
}

function isNamed(digest: Digest, roots: readonly KeptRoot[]): boolean {
  return roots.some(({ digests }) => digests.includes(digest));
}

/** Logs are filed by the day they are about: a replayed day is as old as it was written, a written one as its day says. */
function dayOfKey(key: string): number | undefined {
  const day = /(\d{4})-?(\d{2})-?(\d{2})/.exec(key);
  const time = day === null ? Number.NaN : Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  return Number.isNaN(time) ? undefined : time;
}
