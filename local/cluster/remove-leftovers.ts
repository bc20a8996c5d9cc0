import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CommandRunner } from '../../src/ports/command-runner.ts';

const pidFileSchema = z.object({ pid: z.number().int().positive(), command: z.array(z.string()).min(1) });

/**
 * Ends pods of an earlier cluster that was killed and could not end them. A pid alone proves nothing, since numbers are used again:
 * the process's command line must be the one that was written down.
 * @returns how many were ended
 */
export async function removeLeftovers(pidFolder: string, runner: CommandRunner): Promise<number> {
  const names = await readdir(pidFolder).catch((): string[] => []);
  let ended = 0;
  for (const name of names.filter((entry) => entry.endsWith('.json'))) {
    const path = join(pidFolder, name);
    const recorded = pidFileSchema.safeParse(parse(await readFile(path, 'utf8')));
    if (recorded.success && (await commandLine(recorded.data.pid, runner)) === recorded.data.command.join(' ')) {
      ended += kill(recorded.data.pid) ? 1 : 0;
    }
    await rm(path, { force: true });
  }
  return ended;
}

/** Arguments joined by blanks, or undefined where there is no such process. */
async function commandLine(pid: number, runner: CommandRunner): Promise<string | undefined> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replace(/\0$/, '').split('\0').join(' ');
  } catch {
    // No /proc here (macOS), or no such process.
    const result = await runner.run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout.trim() : undefined;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
