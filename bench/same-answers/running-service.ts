import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const server = join(import.meta.dirname, '..', '..', 'serving', 'dist', 'index.js');
const answerSchema = z.object({ predictions: z.array(z.object({ probability: z.number() })) });

export interface RunningService {
  /** The probabilities of some rows, as a caller gets them. */
  predict(rows: readonly object[]): Promise<number[]>;
  stop(): Promise<void>;
}

/** The service as the image ships it, a process of its own on a free port of 127.0.0.1. */
export async function startService(model: { readonly path: string; readonly digest: string }): Promise<RunningService> {
  const port = await freePort();
  const environment = { PATH: process.env['PATH'], ORT_DISABLE_TELEMETRY: '1', PORT: String(port), HOST: '127.0.0.1', MODEL_PATH: model.path, MODEL_DIGEST: model.digest, POD_NAME: 'bench', DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '0' };
  const child = spawn(process.execPath, [server], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await isReady(url)); tries += 1) {
    if (child.exitCode !== null || tries > 300) throw new Error('the service did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    async predict(rows) {
      const response = await fetch(`${url}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rows }) });
      const body: unknown = await response.json();
      if (!response.ok) throw new Error(`the service answered ${response.status}: ${JSON.stringify(body)}`);
      return answerSchema.parse(body).predictions.map(({ probability }) => probability);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
