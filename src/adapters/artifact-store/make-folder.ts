import { mkdir } from 'node:fs/promises';
import { UserError } from '../../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  // mkdir says so where a folder above is on a read-only file system.
  ENOENT: 'a folder above cannot be made there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
};

/** Makes the folder and those above it; an existing one is fine. @throws UserError folder-unwritable */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw unwritable(`cannot make the folder ${path}`, cause);
  }
}

/** What keeps a folder from being written to, as the user's to mend; anything else as it is. */
export function unwritable(what: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const reason = reasons[code];
  if (reason === undefined) return cause;
  return new UserError('folder-unwritable', `${what}: ${reason}`, { hint: 'Name a folder that can be written to, or free the place.', cause });
}
