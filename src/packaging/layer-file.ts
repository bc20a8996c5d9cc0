import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** One regular file of a layer. */
export interface LayerFile {
  /** In the image, without a leading slash: app/server/index.js. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

export interface FolderSelection {
  /** The folder on this machine. */
  readonly folder: string;
  /** Where its files go in the image. */
  readonly into: string;
  /** Which files, by their path relative to the folder with '/'. */
  readonly selects: (path: string) => boolean;
}

/** Reads the selected regular files of a folder, sorted by path; links and the like are left out. */
export async function readLayerFiles(selection: FolderSelection): Promise<LayerFile[]> {
  const entries = await readdir(selection.folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(selection.folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => selection.selects(path))
    .sort();
  const files: LayerFile[] = [];
  for (const path of paths) files.push({ path: `${selection.into}/${path}`, content: await readFile(join(selection.folder, path)) });
  return files;
}
