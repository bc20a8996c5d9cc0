import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = `
  import { endOnBrokenPipe } from '${new URL('end-on-broken-pipe.ts', import.meta.url).href}';
  import { inWorkDirectory } from '${new URL('work-directory.ts', import.meta.url).href}';
  endOnBrokenPipe();
  await inWorkDirectory('test', () => new Promise(() => setInterval(() => console.log('working'), 10)));
`;

test('a process whose reader is gone ends without a stack and leaves no work directory', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'broken-pipe-'));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env: { ...process.env, RUNNER_TEMP: parent }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (part: Buffer) => said.push(part));
  await once(child.stdout, 'data');
  expect(await readdir(parent)).toHaveLength(1);
  child.stdout.destroy();
  expect(await once(child, 'close')).toEqual([143, null]);
  expect(Buffer.concat(said).toString()).toBe('');
  expect(await readdir(parent)).toEqual([]);
  await rm(parent, { recursive: true });
});
