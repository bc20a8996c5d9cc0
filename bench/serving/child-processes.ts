import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { processTree } from './process-tree.ts';

/** The server's core and the load's: never the same, so that neither takes the other's time. */
export const serverCore = 0;
export const loadCore = 1;

const running = new Set<ChildProcess>();

function endAll(): void {
  for (const { pid } of running) if (pid !== undefined) killAll(processTree(pid));
}

/** By their ids, not by group: BentoML's workers lead groups and sessions of their own and outlive the one that began them. */
function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}

process.on('exit', endAll);
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.on(signal, () => process.exit(code));

export interface PinnedCommand {
  readonly core: number;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** A channel for messages, to another Node. */
  readonly channel?: boolean;
}

/** Starts a program on one core; it and what it starts end with this process at the latest. */
export function startPinned({ core, program, arguments: more, environment = {}, folder, channel = false }: PinnedCommand): ChildProcess {
  const child = spawn('taskset', ['--cpu-list', String(core), program, ...more], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ORT_DISABLE_TELEMETRY: '1', OMP_NUM_THREADS: '1', ...environment },
    stdio: channel ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'ignore', 'inherit'],
    serialization: 'advanced',
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Ends a child and all its processes: asked first, then not asked. */
export async function endPinned(child: ChildProcess, milliseconds = 5000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const tree = processTree(child.pid);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => killAll(tree), milliseconds);
  await ended;
  clearTimeout(timer);
  killAll(tree.slice(1));
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
