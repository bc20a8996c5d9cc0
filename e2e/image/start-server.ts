import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface StartedServer {
  stop(): Promise<void>;
}

export interface ServerToStart {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly log: string;
  readonly isUp: () => Promise<boolean>;
}

export async function startServer(options: ServerToStart): Promise<StartedServer> {
  const log = openSync(options.log, 'w');
  const child = spawn(options.program, options.arguments, { env: { ...process.env, ...options.env }, stdio: ['ignore', log, log] });
  for (let attempt = 0; !(await options.isUp()); attempt += 1) {
    if (child.exitCode !== null || attempt === 600) throw new Error(`${options.program} does not come up; see ${options.log}`);
    await pause(50);
  }
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(kill);
}

export function answers(url: string): () => Promise<boolean> {
  return () =>
    fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return true;
      },
      () => false,
    );
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
