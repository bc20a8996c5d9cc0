import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { childProcessRunner } from './child-process-runner.ts';
import { removeLeftovers } from './remove-leftovers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parent-'));
  await mkdir(join(folder, 'app'));
  await writeFile(join(folder, 'app/index.mjs'), "import { createServer } from 'node:http'; createServer((q, r) => r.end()).listen(process.env.PORT, '127.0.0.1'); process.on('SIGTERM', () => process.exit(0));");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function readPid(): Promise<number> {
  for (;;) {
    const [name] = await readdir(join(folder, 'pods')).catch(() => []);
    const text = name === undefined ? '' : await readFile(join(folder, 'pods', name), 'utf8');
    if (text !== '') return (JSON.parse(text) as { pid: number }).pid;
    await delay(20);
  }
}

it('a pod ends with its parent, even when the parent is killed without a chance to say so', { timeout: 20_000 }, async () => {
  const module = JSON.stringify(new URL('./pod-process.ts', import.meta.url).href);
  const options = JSON.stringify({ name: 'p', image: { folder, entrypoint: ['node', '/app/index.mjs'], environment: {} }, environment: {}, pidFolder: join(folder, 'pods') });
  const parent = spawn(process.execPath, ['--input-type=module', '-e', `const { PodProcess } = await import(${module}); await PodProcess.start(${options}); setInterval(() => {}, 1000);`]);
  const pid = await readPid();
  expect(isAlive(pid)).toBe(true);
  const ended = once(parent, 'exit');
  parent.kill('SIGKILL');
  await ended;
  while (isAlive(pid)) await delay(20);
});

it('ends what an earlier cluster left behind, and nothing that only has the same number', { timeout: 20_000 }, async () => {
  const command = [process.execPath, fileURLToPath(new URL('./end-with-parent.ts', import.meta.url))];
  const leftover = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'leftover']);
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'stranger']);
  await Promise.all([once(leftover, 'spawn'), once(stranger, 'spawn')]);
  await mkdir(join(folder, 'pods'));
  await writeFile(join(folder, 'pods/a.json'), JSON.stringify({ pid: leftover.pid, command: [process.execPath, '-e', 'setInterval(() => {}, 1000)', 'leftover'] }));
  await writeFile(join(folder, 'pods/b.json'), JSON.stringify({ pid: stranger.pid, command }));
  await writeFile(join(folder, 'pods/c.json'), '{"pid":');
  const ended = once(leftover, 'exit');
  expect(await removeLeftovers(join(folder, 'pods'), childProcessRunner)).toBe(1);
  await ended;
  expect(isAlive(stranger.pid ?? 0)).toBe(true);
  expect(await readdir(join(folder, 'pods'))).toEqual([]);
  stranger.kill('SIGKILL');
});
