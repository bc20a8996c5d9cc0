import { z } from 'zod';
import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import { shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import { compareSnapshots, type SnapshotChanges } from './compare-snapshots.ts';
import { withDatabase } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { isoTime } from './ingest-window.ts';
import { rowsRelation, snapshotFiles } from './snapshot-files.ts';

const windowSchema = z.object({ window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }) });

interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface ChangesRequest {
  readonly native: NativeModules;
  readonly artifacts: ArtifactRepository;
  readonly parent: Artifact;
  readonly files: readonly { readonly path: string }[];
  readonly window: TimeWindow;
  readonly key: readonly string[];
  readonly eventTime: string;
  readonly temporaryFolder: string;
}

/** The window that the snapshot was asked for; undefined where it does not say. */
export function windowOf({ manifest }: Artifact): TimeWindow | undefined {
  const { success, data } = windowSchema.safeParse(manifest.metadata);
  return success ? { from: Date.parse(data.window.from), to: Date.parse(data.window.to) } : undefined;
}

/** @throws UserError artifact-layout where the snapshot does not say what its window is */
export function snapshotWindow(snapshot: Artifact): TimeWindow {
  const window = windowOf(snapshot);
  if (window !== undefined) return window;
  const { manifest, digest } = snapshot;
  throw new UserError('artifact-layout', `${manifest.kind} ${shortDigest(digest)} does not say which window it holds`, { hint: 'Pass a snapshot that ingest made.' });
}

/**
 * Snapshots of releases that did not name their pipeline are taken for this one's.
 * @throws UserError input-invalid where another pipeline made the snapshot
 */
export function demandPipeline({ manifest, digest }: Artifact, pipeline: string): void {
  const made = manifest.metadata['pipeline'];
  if (made === undefined || made === pipeline) return;
  throw new UserError('input-invalid', `${manifest.kind} ${shortDigest(digest)} is of pipeline ${typeof made === 'string' ? made : JSON.stringify(made)}; this is pipeline ${pipeline}`, { hint: `Pass a ${manifest.kind} that pipeline ${pipeline} made.` });
}

export interface ChangesFromParent extends SnapshotChanges {
  /** ISO 8601; undefined where the windows do not meet. */
  readonly overlap: { readonly from: string; readonly to: string } | undefined;
}

/** What changed from an earlier snapshot to new files, where their windows overlap. */
export async function changesFromParent({ native, artifacts, parent, files, window, key, eventTime, temporaryFolder }: ChangesRequest): Promise<ChangesFromParent> {
  const earlier = snapshotWindow(parent);
  const overlap = { from: Math.max(earlier.from, window.from), to: Math.min(earlier.to, window.to) };
  if (overlap.from >= overlap.to) return { overlap: undefined, months: {}, columns: [], columnsAdded: [], columnsRemoved: [] };
  const [before, after] = [rowsRelation(await snapshotFiles(artifacts, parent)), rowsRelation(files)];
  const changes = await withDatabase(
    native,
    async (database) => {
      const [columnsBefore, columnsAfter] = [await describeRelation(database, before), await describeRelation(database, after)];
      demandKey(parent, { columns: columnsBefore.map(({ name }) => name), needed: [...key, eventTime] });
      return compareSnapshots(database, { before, after, key, eventTime, overlap, columnsBefore, columnsAfter });
    },
    { temporaryFolder },
  );
  return { overlap: { from: isoTime(overlap.from), to: isoTime(overlap.to) }, ...changes };
}

/** @throws UserError input-invalid: rows without the key, or the time, of the others cannot be told to be the same */
function demandKey({ digest }: Artifact, { columns, needed }: { columns: readonly string[]; needed: readonly string[] }): void {
  const missing = [...new Set(needed)].filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  throw new UserError('input-invalid', `parent: snapshot ${shortDigest(digest)} has no column ${missing.join(', ')}; its columns are ${columns.join(', ')}`, {
    hint: 'The key of a row was another then: ingest without parent.',
  });
}
