import type { Artifact, ArtifactRepository } from '../artifacts/artifact.ts';
import { shortDigest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { quoteText } from './sql-text.ts';

export interface SnapshotFile {
  /** Its name in the artefact, e.g. rows/2013-01.parquet. */
  readonly name: string;
  readonly path: string;
}

/**
 * The files of a snapshot's rows, a file per month of the event time (UTC), sorted by name and so by time. Their bytes are verified.
 * @throws UserError artifact-layout where the snapshot has none, artifact-missing, artifact-corrupt
 */
export async function snapshotFiles(artifacts: ArtifactRepository, artifact: Artifact): Promise<SnapshotFile[]> {
  const names = Object.keys(artifact.manifest.files)
    .filter(isRowsFile)
    .sort();
  if (names.length === 0) {
    throw new UserError(
      'artifact-layout',
      `${artifact.manifest.kind} ${shortDigest(artifact.digest)} holds ${Object.keys(artifact.manifest.files).join(', ') || 'no file'}; rows are read from rows/<year>-<month>.parquet`,
      { hint: 'An earlier release of Taxiway made it: run ingest and validate-data again.' },
    );
  }
  return Promise.all(names.map(async (name) => ({ name, path: await artifacts.file(artifact, name) })));
}

/** The file of one month: `month` is e.g. 2013-01. */
export function rowsFile(month: string): string {
  return `rows/${month}.parquet`;
}

export function isRowsFile(name: string): boolean {
  return /^rows\/\d{4}-\d{2}\.parquet$/.test(name);
}

export interface RowsRelationOptions {
  /** Adds the columns `file_index` and `file_row_number`, which order the rows as they lie. */
  readonly position?: boolean;
}

/** SQL relation of the rows of some Parquet files with the same columns. */
export function rowsRelation(files: readonly Pick<SnapshotFile, 'path'>[], { position = false }: RowsRelationOptions = {}): string {
  // A folder on the way may be called `run=7`, which is no column of the rows.
  const list = `read_parquet([${files.map(({ path }) => quoteText(path)).join(', ')}], hive_partitioning = false)`;
  return position ? `(SELECT *, file_index, file_row_number FROM ${list})` : list;
}
