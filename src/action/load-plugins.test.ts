import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlugins } from './load-plugins.ts';

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'taxiway-plugins-'));
  const body = `export default { name: 'chat', implementations: { notifier: {} } };`;
  await mkdir(join(workspace, 'node_modules/chat-plugin'), { recursive: true });
  await writeFile(join(workspace, 'node_modules/chat-plugin/package.json'), '{"name":"chat-plugin","type":"module","main":"index.js"}');
  await writeFile(join(workspace, 'node_modules/chat-plugin/index.js'), body);
  await writeFile(join(workspace, 'chat.mjs'), body);
  await writeFile(join(workspace, 'empty.mjs'), 'export const plugin = 1;');
  await writeFile(join(workspace, 'unknown-port.mjs'), `export default { name: 'x', implementations: { telegraph: {} } };`);
  await writeFile(join(workspace, 'throws.mjs'), `throw new Error('out of paper');`);
});

afterAll(() => rm(workspace, { recursive: true }));

describe('loadPlugins', () => {
  it('loads a path in the repository and an installed package', async () => {
    const plugins = await loadPlugins(['./chat.mjs', 'chat-plugin'], workspace);
    expect(plugins.map(({ name }) => name)).toEqual(['chat', 'chat']);
  });

  it.each([
    ['./missing.mjs', 'no file'],
    ['../elsewhere.mjs', 'outside the repository'],
    ['not-installed', 'no package installed'],
    ['./empty.mjs', 'exports no plugin by default'],
    ['./unknown-port.mjs', 'telegraph'],
    ['./throws.mjs', 'out of paper'],
  ])('refuses %s and says why', async (name, reason) => {
    await expect(loadPlugins([name], workspace)).rejects.toThrow(reason);
  });
});
