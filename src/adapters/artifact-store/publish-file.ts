import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, unwritable } from './make-folder.ts';

export interface Publication {
  /** On the same file system as the target: links cannot cross file systems. */
  readonly temporaryFolder: string;
  readonly target: string;
  readonly content: Uint8Array | { readonly path: string };
}

/**
 * Makes a file appear whole and only once: written and synced under a temporary name, then given its name by link(2), which the file
 * system refuses where the name is taken. No lock, so nothing to clean up after kill -9 but the temporary file.
 */
export async function publishFile(publication: Publication): Promise<'created' | 'exists'> {
  const { temporaryFolder, target } = publication;
  await makeFolder(temporaryFolder);
  await makeFolder(dirname(target));
  const temporary = join(temporaryFolder, randomUUID());
  try {
    await writeSynced(temporary, publication.content);
    await link(temporary, target);
    await syncFolder(dirname(target));
    return 'created';
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'exists';
    throw hasCode(error, 'ENOENT') ? error : unwritable(`cannot write ${target}`, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes a new file and waits until its bytes are on the disk. */
export async function writeSynced(path: string, content: Uint8Array | { readonly path: string }): Promise<void> {
  if (!(content instanceof Uint8Array)) await copyFile(content.path, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(path, content instanceof Uint8Array ? 'wx' : 'r+');
  try {
    if (content instanceof Uint8Array) await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is durable only when its folder is; not every platform lets a folder be opened, and there the file system sees to it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
