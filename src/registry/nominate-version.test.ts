import { describe, expect, it } from 'vitest';
import { manualClock } from '../../test/builders/manual-clock.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { nominateVersion } from './nominate-version.ts';

describe('nominating a version', () => {
  it('ends with an error where the store has lost nominations that its pointer knows of', async () => {
    let looks = 0;
    const store = new MemoryArtifactStore(({ operation, key, phase }) => {
      if (phase === 'before' && operation === 'list' && key.includes('/challengers/') && ++looks > 100) throw new Error('looks for ever');
    });
    const registry = new StoreModelRegistry({ store, model: 'flight-delay', clock: manualClock(0) });
    const [first, second] = [await registry.register(versionDraft('a')), await registry.register(versionDraft('b'))];
    await nominateVersion(registry, first, ['local']);
    expect(await registry.challenger('local')).toMatchObject({ version: 1 });
    for (const key of [...store.objects.keys()].filter((found) => found.includes('/challengers/'))) store.objects.delete(key);
    await expect(nominateVersion(registry, second, ['local'])).rejects.toMatchObject({ code: 'registry-corrupt' });
  });

  it('leaves out a version whose image is quarantined between the look and the nomination', async () => {
    const objects = new Map<string, Uint8Array>();
    const calm = new StoreModelRegistry({ store: new MemoryArtifactStore(undefined, objects), model: 'flight-delay', clock: manualClock(0) });
    const record = await calm.register(versionDraft('a'));
    const store = new MemoryArtifactStore(async ({ operation, key, phase }) => {
      // The look at the challengers comes after that at the quarantine.
      if (phase === 'before' && operation === 'read' && key.includes('/challenger/')) await calm.quarantine({ imageDigest: record.imageDigest, version: 1, reason: 'slow', at: '2013-06-01T00:00:00.000Z' });
    }, objects);
    await nominateVersion(new StoreModelRegistry({ store, model: 'flight-delay', clock: manualClock(0) }), record, ['local']);
    expect(await calm.challengers('local')).toEqual([]);
  });
});
