import { mkdir } from 'node:fs/promises';
import { UserError } from '../../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
};

/** Makes the folder and those above it; an existing one is fine. @throws UserError folder-unwritable */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const reason = reasons[code];
    if (reason === undefined) throw cause;
    throw new UserError('folder-unwritable', `cannot make the folder ${path}: ${reason}`, { hint: 'Name a folder that can be written to, or free the place.', cause });
  }
}
