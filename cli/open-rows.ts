import { isDigest, shortDigest } from '../src/artifacts/digest.ts';
import { type Artifact, ArtifactRepository } from '../src/artifacts/artifact.ts';
import { openFiles } from '../src/action/open-files.ts';
import type { Database } from '../src/data/database.ts';
import { describeRelation, type RelationColumn } from '../src/data/describe-relation.ts';
import { windowOf } from '../src/data/snapshot-changes.ts';
import { rowsRelation, snapshotFiles } from '../src/data/snapshot-files.ts';
import { UserError } from '../src/errors.ts';
import { chosenStore } from './chosen-store.ts';
import { fromHere } from './options.ts';

export interface OpenedRows {
  readonly relation: string;
  readonly columns: readonly RelationColumn[];
  /** SQL expressions that order the rows as they lie. */
  readonly order: readonly string[];
  /** For people: a short digest, or the files. */
  readonly title: string;
  readonly lead: string;
  /** The window that a snapshot was asked for: milliseconds since the Unix epoch. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
}

export interface RowsChoice {
  /** A digest, or a path or glob of files. */
  readonly subject: string;
  readonly store: string | undefined;
  readonly environment: string | undefined;
  /** Read only where the environment's store is asked for. */
  readonly pipeline: string;
  readonly workDirectory: string;
  /** Names tables of the database: two openings need two. */
  readonly name: string;
}

/** Rows of a snapshot, of a clean snapshot, or of files. @throws UserError artifact-missing, artifact-corrupt, source-…, input-invalid */
export async function openRows(database: Database, choice: RowsChoice): Promise<OpenedRows> {
  const digest = /^[0-9a-f]{64}$/.test(choice.subject) ? `sha256:${choice.subject}` : choice.subject;
  if (!isDigest(digest)) {
    const files = await openFiles(database, { pattern: choice.subject, folder: fromHere('.'), workDirectory: choice.workDirectory, name: choice.name });
    return { ...files, title: choice.subject.slice(choice.subject.lastIndexOf('/') + 1), lead: files.names.length === 1 ? choice.subject : `${choice.subject}: ${files.names.length} files`, window: undefined };
  }
  const artifacts = new ArtifactRepository(await chosenStore(choice));
  const artifact = await readEither(artifacts, digest);
  const files = await snapshotFiles(artifacts, artifact);
  const window = windowOf(artifact);
  return {
    relation: rowsRelation(files, { position: true }),
    columns: await describeRelation(database, rowsRelation(files)),
    order: ['file_index', 'file_row_number'],
    title: `${artifact.manifest.kind} ${shortDigest(digest)}`,
    lead: `${artifact.manifest.kind} ${digest}${window === undefined ? '' : `, ${isoDay(window.from)} to ${isoDay(window.to)}`}`,
    window,
  };
}

/** One may not know which of the two one has. */
async function readEither(artifacts: ArtifactRepository, digest: Artifact['digest']): Promise<Artifact> {
  try {
    return await artifacts.read('snapshot', digest);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'artifact-missing') throw error;
    return artifacts.read('clean-snapshot', digest);
  }
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
