import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { LayerFile } from './layer-file.ts';

const epoch = new Date(0);

/** A folder that is there though nothing lies in it, or whose mode is not 755. */
export interface LayerFolder {
  readonly path: string;
  readonly mode: number;
}

/**
 * An uncompressed tar of the files and their folders. The same files give the same bytes: names sorted, no time, owner 0,
 * modes 644, 755 for programs and folders.
 */
export async function packLayer(files: readonly LayerFile[], folders: readonly LayerFolder[] = []): Promise<Uint8Array> {
  const modes = new Map(folders.map(({ path, mode }) => [path, mode]));
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (byPath.size !== files.length) throw new Error('a layer has two files of one name');
  const names = [...new Set([...byPath.keys(), ...modes.keys(), ...[...files, ...folders].flatMap(({ path }) => foldersOf(path))])].sort();
  const archive = pack();
  const whole = buffer(archive);
  for (const name of names) {
    const file = byPath.get(name);
    const owner = { uid: 0, gid: 0, mtime: epoch };
    if (file === undefined) archive.entry({ ...owner, name: `${name}/`, type: 'directory', mode: modes.get(name) ?? 0o755 });
    else archive.entry({ ...owner, name, type: 'file', mode: file.executable === true ? 0o755 : 0o644 }, asBuffer(file.content));
  }
  archive.finalize();
  return whole;
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** A view, not a copy: a native library has tens of megabytes. */
function asBuffer(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
