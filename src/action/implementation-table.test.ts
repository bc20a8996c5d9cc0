import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { silentLogger } from '../ports/logger.ts';
import type { PluginContext } from '../ports/plugin.ts';
import { builtInPlugin } from './built-in-plugin.ts';
import { definePlugin, implementation } from './define-plugin.ts';
import { ImplementationTable } from './implementation-table.ts';

const context: PluginContext = { name: 'x', logger: silentLogger, native: { load: () => undefined }, pipelineFolder: '/', store: new MemoryArtifactStore() };
const chat = definePlugin({
  name: 'chat',
  implementations: {
    notifier: { chat: implementation(z.strictObject({ room: z.string() }), ({ room }) => ({ name: `chat:${room}`, notify: () => Promise.resolve() })) },
  },
});

function table(...plugins: (typeof chat)[]): ImplementationTable {
  const made = new ImplementationTable();
  for (const plugin of plugins) made.register(plugin);
  return made;
}

describe('ImplementationTable', () => {
  it('makes what a plugin adds, with its options parsed', () => {
    expect(table(builtInPlugin, chat).create('notifier', { type: 'chat', room: 'ops' }, context).name).toBe('chat:ops');
  });

  it('answers an unknown name with the known ones', () => {
    expect(() => table(builtInPlugin, chat).create('notifier', { type: 'fax' }, context)).toThrow('no notifier is called "fax"; known: chat, log');
  });

  it('names the option that a plugin does not accept', () => {
    expect(() => table(chat).create('notifier', { type: 'chat', room: 3 }, context)).toThrow(/^notifier\.chat\.room: /);
  });

  it('refuses to give a name away twice', () => {
    expect(() => table(chat, { ...chat, name: 'other' })).toThrow('plugin other adds notifier "chat", which chat already adds');
  });
});
