import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { endPinned } from '../child-processes.ts';
import type { RunningSide } from './side.ts';

const longestStart = 60_000;

async function answers(url: string): Promise<boolean> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}

/** Asks until the answer is 200. @throws where the process ends before, or a minute has passed. */
export async function waitUntilReady(child: ChildProcess, { port, path, interval = 50 }: { readonly port: number; readonly path: string; readonly interval?: number }): Promise<RunningSide> {
  const start = performance.now();
  while (!(await answers(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() - start > longestStart) {
      await endPinned(child);
      throw new Error(`${child.spawnargs.slice(3, 6).join(' ')} did not start`);
    }
    await delay(interval);
  }
  return { port, process: child.pid ?? 0, stop: () => endPinned(child) };
}
