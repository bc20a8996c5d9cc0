import { describe, expect, it } from 'vitest';
import { artifactStoreContract } from '../../../test/contract/artifact-store.ts';
import { MemoryArtifactStore } from './memory.ts';

artifactStoreContract('memory', { open: async () => new MemoryArtifactStore(), close: async () => undefined });

describe('fault injection of the in-memory store', () => {
  it('can fail before a call, which then never happened', async () => {
    const store = new MemoryArtifactStore(({ operation, phase }) => {
      if (operation === 'create' && phase === 'before') throw new Error('down');
    });
    await expect(store.create('a', Buffer.from('x'))).rejects.toThrow('down');
    expect(await store.list('')).toEqual([]);
  });

  it('can lose the answer of a call that happened', async () => {
    const store = new MemoryArtifactStore(({ operation, phase }) => {
      if (operation === 'create' && phase === 'after') throw new Error('connection lost');
    });
    await expect(store.create('a', Buffer.from('x'))).rejects.toThrow('connection lost');
    expect(await store.list('')).toEqual(['a']);
  });
});
