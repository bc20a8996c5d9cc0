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

/** @throws UserError artifact-layout where the snapshot does not say what its window is */
export function snapshotWindow({ manifest, digest }: Artifact): TimeWindow {
  const read = windowSchema.safeParse(manifest.metadata);
  if (read.success) return { from: Date.parse(read.data.window.from), to: Date.parse(read.data.window.to) };
  throw new UserError('artifact-layout', `${manifest.kind} ${shortDigest(digest)} does not say which window it holds`, { hint: 'Pass a snapshot that ingest made.' });
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
      return compareSnapshots(database, { before, after, key, eventTime, overlap, columnsBefore: columnsBefore.map(({ name }) => name), columnsAfter: columnsAfter.map(({ name }) => name) });
    },
    { temporaryFolder },
  );
  return { overlap: { from: isoTime(overlap.from), to: isoTime(overlap.to) }, ...changes };
}
