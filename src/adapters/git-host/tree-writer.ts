import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { FileChange } from '../../ports/git-host.ts';
import type { GitRepository } from './git-repository.ts';

/**
 * The tree of a commit with some files changed, written without a work tree: a temporary index and nothing else.
 * @throws UserError git-failed; input-invalid for paths that leave the tree (git would skip them in silence)
 */
export async function writeTree(repository: GitRepository, base: string, changes: readonly FileChange[]): Promise<string> {
  for (const { path } of changes) refuseUnsafe(path);
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    await repository.run(['read-tree', base], { env });
    const lines: string[] = [];
    for (const change of changes) {
      if (change.text === null) {
        lines.push(`0 ${'0'.repeat(40)}\t${change.path}`);
      } else {
        lines.push(`${await modeOf(repository, base, change.path)} ${await repository.writeBlob(change.text)}\t${change.path}`);
      }
    }
    await repository.run(['update-index', '--add', '-z', '--index-info'], { env, input: lines.map((line) => `${line}\0`).join('') });
    return await repository.run(['write-tree'], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An executable file stays executable. */
async function modeOf(repository: GitRepository, base: string, path: string): Promise<string> {
  const listing = await repository.run(['ls-tree', '-z', '--full-tree', base, '--', path]);
  return listing.startsWith('100755 ') ? '100755' : '100644';
}

function refuseUnsafe(path: string): void {
  const unsafe = path.includes('\0') || path.split('/').some((segment) => segment === '' || /^\.{1,2}$/.test(segment) || /^\.git$/i.test(segment));
  if (unsafe) throw new UserError('input-invalid', `${JSON.stringify(path)} is no path inside a repository`, { hint: 'Use a relative path without `..` and `.git`.' });
}
