import { glob, open, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOfFile } from '../../artifacts/digest.ts';
import { quoteText } from '../../data/sql-text.ts';
import { UserError } from '../../errors.ts';
import type { DataSource, SourceFile, SourceWindow } from '../../ports/data-source.ts';

export interface FileFormat {
  readonly name: 'parquet' | 'csv';
  /** A SQL table function over a list of quoted paths. */
  relation(paths: readonly string[]): string;
  /** Undefined where the file looks whole, else what is wrong with it. */
  inspect(path: string, size: number): Promise<string | undefined>;
}

/** Files under the data root, by path or glob. */
export function fileSource(format: FileFormat, pattern: string): DataSource {
  return {
    resolve: async (window) => {
      const folder = rootFolder(window);
      const names = await matchingFiles(folder, pattern);
      if (names.length === 0) {
        throw new UserError('source-missing', `no file matches ${pattern} under ${folder}`, {
          hint: 'Correct the path of the source in pipeline.yaml, or the data root (data.root or the input data-root).',
        });
      }
      const files: SourceFile[] = [];
      for (const name of names) files.push(await describeFile(format, { folder, name }));
      const quoted = (name: string): string => quoteText(join(folder, name));
      const parts = names.map((name) => ({ name, relation: format.relation([quoted(name)]) }));
      return { relation: format.relation(names.map(quoted)), parts, files };
    },
  };
}

function rootFolder({ root }: SourceWindow): string {
  if (root.startsWith('file://')) return fileURLToPath(root);
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(root)) {
    throw new UserError('input-invalid', `the data root is ${root}; allowed: a folder, or file:///…`, { hint: 'Pass a folder of this machine as data-root.' });
  }
  return root;
}

async function matchingFiles(folder: string, pattern: string): Promise<string[]> {
  if (isAbsolute(pattern) || pattern.split(/[\\/]/).includes('..')) {
    throw new UserError('input-invalid', `source path ${pattern}; allowed: a path or glob inside the data root`, { hint: 'Move the files under the data root.' });
  }
  const names: string[] = [];
  for await (const name of glob(pattern, { cwd: folder })) names.push(name.replaceAll('\\', '/'));
  return names.sort();
}

async function describeFile(format: FileFormat, { folder, name }: { folder: string; name: string }): Promise<SourceFile> {
  const path = join(folder, name);
  const found = await stat(path);
  const { size } = found;
  const fault = found.isFile() ? await format.inspect(path, size) : 'is no file';
  if (fault !== undefined) {
    throw new UserError('source-unreadable', `${name} under ${folder} ${fault}`, { hint: 'Copy the file again from where it came from.' });
  }
  return { name, digest: await digestOfFile(path), size };
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
