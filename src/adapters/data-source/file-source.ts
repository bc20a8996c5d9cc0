import { mkdir, mkdtemp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { DataSource, SourceFile, SourceWindow } from '../../ports/data-source.ts';
import type { Logger } from '../../ports/logger.ts';
import { inParallel } from './in-parallel.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { openDataFolder } from '../data-folder/open-data-folder.ts';
import { hiveOptions, type PartitionKey, withinWindow } from './hive-partitions.ts';

/** How one kind of file is looked at and read. `inspect` comes first, for every file; then `prepare`, `relation` and `rejected`. */
export interface FileFormat {
  readonly name: 'parquet' | 'csv';
  /** Undefined where the file looks whole, else what is wrong with it. */
  inspect(file: FileToRead): Promise<FileFault | undefined>;
  /** Statements to run before the relation can be read; the tables they make begin with the source's name. */
  prepare?(paths: readonly string[], source: string): readonly string[];
  /**
   * A SQL relation over the files; for a single file it is also asked for its columns alone. Paths are as the file system has them: quoting
   * them is the format's work. `hive` is what read_parquet and read_csv are told about folders like year=2013, e.g. `hive_partitioning = false`.
   */
  relation(paths: readonly string[], source: string, hive: string): string;
  /** A SQL relation of the rows that could not be read (ResolvedSource.rejected). */
  rejected?(source: string): string | undefined;
}

export interface FileToRead {
  /** Relative to the data root. */
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** A folder of the source's own, for files that the format has to make. */
  readonly workDirectory: string;
}

export interface FileFault {
  /** Follows the file's name: `is cut short`. */
  readonly fault: string;
  readonly hint: string;
}

/** What pipeline.yaml says of the files. */
export interface FileSourceDefinition {
  readonly path: string;
  readonly partitions?: readonly PartitionKey[] | undefined;
}

export interface FileSourceContext {
  /** The source's name in pipeline.yaml. */
  readonly name: string;
  readonly logger?: Logger;
}

/** Files are fetched this many at a time. */
const parallelFetches = 4;

/**
 * Files under the data root, by path or glob.
 * @throws UserError input-invalid, source-missing, source-unreadable, source-denied, source-unavailable
 */
export function fileSource(format: FileFormat, definition: FileSourceDefinition, context: FileSourceContext): DataSource {
  const { name: source } = context;
  return {
    resolve: async (window) => {
      const folder = openDataFolder(window.root, window.workDirectory);
      const names = await chooseFiles(folder, definition, window);
      const fetched = await fetchFiles(folder, names, context);
      await mkdir(window.workDirectory, { recursive: true });
      const workDirectory = await mkdtemp(join(window.workDirectory, `source-${source}-`));
      for (const { name, path, size } of fetched) {
        const found = await format.inspect({ name, path, size, workDirectory });
        if (found !== undefined) throw new UserError('source-unreadable', `${name} under ${folder.uri} ${found.fault}`, { hint: found.hint });
      }
      const hive = hiveOptions(names, folder.uri);
      const paths = fetched.map(({ path }) => path);
      const prepare = format.prepare?.(paths, source);
      const relation = format.relation(paths, source, hive);
      const rejected = format.rejected?.(source);
      return {
        relation,
        parts: fetched.map(({ name, path }) => ({ name, relation: format.relation([path], source, hive) })),
        files: fetched.map(({ name, digest, size }): SourceFile => ({ name, digest, size })),
        ...(prepare === undefined ? {} : { prepare }),
        ...(rejected === undefined ? {} : { rejected }),
      };
    },
  };
}

async function chooseFiles(folder: DataFolder, { path, partitions }: FileSourceDefinition, window: SourceWindow): Promise<readonly string[]> {
  const names = (await folder.list(path)).map(({ name }) => name);
  if (names.length === 0) {
    throw new UserError('source-missing', `no file matches ${path} under ${folder.uri}`, {
      hint: 'Correct the path of the source in pipeline.yaml, or the data root (data.root or the input data-root).',
    });
  }
  if (partitions === undefined) return names;
  const chosen = names.filter((name) => withinWindow(name, partitions, window));
  if (chosen.length === 0) {
    const days = [window.from, window.to].map((moment) => new Date(moment).toISOString().slice(0, 10)).join(' to ');
    throw new UserError('source-nothing-in-window', `${names.length === 1 ? '1 file matches' : `${names.length} files match`} ${path} under ${folder.uri}, but no folder of theirs holds days from ${days}`, {
      hint: 'Ask for a window that the data covers, or bring the files of these days.',
    });
  }
  return chosen;
}

async function fetchFiles(folder: DataFolder, names: readonly string[], { name: source, logger }: FileSourceContext) {
  let done = 0;
  return inParallel(names, parallelFetches, async (name) => {
    const file = await folder.fetch(name);
    done += 1;
    logger?.progress(`files of ${source}`, done, names.length);
    return { name, ...file };
  });
}

/** The bytes from `position` on, at most `length`. */
export async function readBytes(path: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
