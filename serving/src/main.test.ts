import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { tinyEnvironment, tinyRow } from '../test-fixtures/tiny-service.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'taxiway-serving-'));
const processes: ChildProcess[] = [];
afterAll(() => {
  for (const child of processes) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function start(environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [program], { env: { ...tinyEnvironment, PORT: '0', LOG_LEVEL: 'info', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  processes.push(child);
  return child;
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    const entry = JSON.parse(line) as { msg: string; address?: string };
    if (entry.msg === 'ready' && entry.address !== undefined) return entry.address;
  }
  throw new Error('the service ended before it was ready');
}

async function errorsOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

test('SIGTERM under load: every request is answered, every answer is logged, exit 0', async () => {
  const child = start({ PREDICTION_LOG: pathToFileURL(folder).href, DRAIN_MINIMUM_MS: '400', DRAIN_QUIET_MS: '100' });
  const address = await addressOf(child);
  const exited = once(child, 'exit');
  const statuses: number[] = [];
  let afterSignal = 0;
  let signalled = false;
  let leave = false;
  const caller = async (): Promise<void> => {
    while (!leave) {
      const answer = await fetch(`${address}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rows: [tinyRow, tinyRow] }) });
      await answer.arrayBuffer();
      statuses.push(answer.status);
      if (signalled) afterSignal += 1;
    }
  };
  // A front that asks now and then whether the pod is ready, and takes it out when it is not.
  const front = async (): Promise<void> => {
    while (!leave) {
      leave = (await fetch(`${address}/health/ready`)).status === 503;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const callers = [...Array.from({ length: 8 }, caller), front()];
  while (statuses.length < 200) await new Promise((resolve) => setTimeout(resolve, 10));
  signalled = true;
  child.kill('SIGTERM');
  await Promise.all(callers);
  const [code] = (await exited) as [number];
  const lines = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  expect(code).toBe(0);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(afterSignal).toBeGreaterThan(0);
  expect(lines).toHaveLength(statuses.length * 2);
});

test('another model than the one asked for: one clear line, exit 1', async () => {
  const child = start({ MODEL_DIGEST: `sha256:${'0'.repeat(64)}` });
  const errors = await errorsOf(child);
  expect(child.exitCode).toBe(1);
  expect(errors.trim().split('\n')).toEqual([expect.stringContaining('but MODEL_DIGEST asks for')]);
});

test('a port in use: one clear line, exit 1', async () => {
  const address = await addressOf(start({}));
  const second = start({ PORT: new URL(address).port });
  const errors = await errorsOf(second);
  expect(second.exitCode).toBe(1);
  expect(errors.trim().split('\n')).toEqual([expect.stringContaining('EADDRINUSE')]);
});
