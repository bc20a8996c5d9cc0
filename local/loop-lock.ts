import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../src/adapters/artifact-store/make-folder.ts';
import { UserError } from '../src/errors.ts';

/**
 * One loop at a time per folder. A lock left by a killed loop is taken over.
 * @returns a function that gives the lock back
 * @throws UserError loop-running, folder-unwritable
 */
export async function takeLoopLock(path: string): Promise<() => Promise<void>> {
  await makeFolder(dirname(path));
  if (!(await tryCreate(path))) {
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(owner)) {
      throw new UserError('loop-running', `another loop (process ${owner}) is using ${dirname(path)}`, {
        hint: 'Wait for it, or stop it with Ctrl-C in its terminal.',
      });
    }
    await rm(path, { force: true });
    if (!(await tryCreate(path))) return takeLoopLock(path);
  }
  return () => rm(path, { force: true });
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
