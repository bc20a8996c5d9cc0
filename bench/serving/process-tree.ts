import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process' CPU in hundredths of a second (USER_HZ), whatever the kernel's own clock. */
const secondsPerTick = 0.01;
const pageBytes = 4096;

interface ProcessLine {
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** proc_pid_stat(5): the name in parentheses may hold anything, so the fields are counted from its end. */
function readProcess(pid: number): ProcessLine | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    // Field 3 is the first here: 4 parent, 14 and 15 user and system time of all threads, 24 resident pages.
    return { parent: fields[1] ?? 0, ticks: (fields[11] ?? 0) + (fields[12] ?? 0), pages: fields[21] ?? 0 };
  } catch {
    return undefined;
  }
}

/** A process and everything that it started and that still runs. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = readProcess(Number(name));
    if (found) children.set(found.parent, [...(children.get(found.parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

export interface ProcessUse {
  /** Seconds of CPU since each began. */
  readonly cpu: number;
  /** Resident bytes. */
  readonly memory: number;
}

export function processUse(pids: readonly number[]): ProcessUse {
  const lines = pids.map(readProcess).filter((line) => line !== undefined);
  return { cpu: lines.reduce((sum, { ticks }) => sum + ticks, 0) * secondsPerTick, memory: lines.reduce((sum, { pages }) => sum + pages, 0) * pageBytes };
}
