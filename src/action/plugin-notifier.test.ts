import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { ImplementationTable } from './implementation-table.ts';
import { builtInPlugin } from './built-in-plugin.ts';
import { loadPlugins } from './load-plugins.ts';
import { silentLogger } from '../ports/logger.ts';

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'taxiway-plugin-'));
  await cp('pipelines/flight-delay', join(workspace, 'pipeline'), { recursive: true });
  await writeFile(
    join(workspace, 'chat.mjs'),
    `const heard = [];
export { heard };
export default { name: 'chat', implementations: { notifier: { chat: { options: { safeParse: (value) => value.room ? { success: true, data: value } : { success: false, error: { issues: [{ path: ['room'], message: 'is missing' }] } } }, create: ({ room }) => ({ name: 'chat', notify: async ({ title }) => { heard.push(room + ': ' + title); } }) } } } };`,
  );
});
afterAll(() => rm(workspace, { recursive: true }));

async function pipelineWith(notification: string) {
  const path = join(workspace, 'pipeline', 'pipeline.yaml');
  const text = await readFile('pipelines/flight-delay/pipeline.yaml', 'utf8');
  await writeFile(path, text.replace('  - { type: log }', `  - ${notification}`).replace('plugins: []', 'plugins: [./chat.mjs]'));
  const { definition } = await loadPipeline(path);
  const table = new ImplementationTable();
  for (const plugin of [builtInPlugin, ...(await loadPlugins(definition.plugins, workspace))]) table.register(plugin);
  const [request] = definition.notifications;
  if (request === undefined) throw new Error('no notification');
  return () => table.create('notifier', request, { name: 'chat', logger: silentLogger, native: { load: () => undefined }, pipelineFolder: workspace, store: new MemoryArtifactStore() });
}

test('a notifier that a plugin of the pipeline file brings is told like a built-in one', async () => {
  const create = await pipelineWith('{ type: chat, room: operations }');
  await create().notify({ key: 'k', severity: 'info', title: 'hello', text: '', links: [], resolved: false });
  const { heard } = (await import(join(workspace, 'chat.mjs'))) as { heard: string[] };
  expect(heard).toEqual(['operations: hello']);
});

test('its options are checked by the plugin, and a name that no plugin brings is listed against those known', async () => {
  expect(await pipelineWith('{ type: chat }')).toThrow('room');
  expect(await pipelineWith('{ type: pigeon }')).toThrow('known: chat, log');
});
