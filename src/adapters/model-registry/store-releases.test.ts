import { describe, expect, it } from 'vitest';
import { promotion, registryMoment as at, registryOn } from '../../../test/builders/store-registry.ts';
import { versionDraft } from '../../../test/builders/version-draft.ts';
import type { Json } from '../../artifacts/canonical-json.ts';
import { sealRecord } from '../../registry/sealed-record.ts';
import { MemoryArtifactStore } from '../artifact-store/memory.ts';

describe('records of another release', () => {
  /** The same record, as a release with more to say would have written it. */
  function rewritten(store: MemoryArtifactStore, key: string, change: (record: Record<string, unknown>) => unknown): void {
    const { record } = JSON.parse(Buffer.from(store.objects.get(key) ?? []).toString('utf8')) as { record: Record<string, unknown> };
    store.objects.set(key, sealRecord(change(record) as Json));
  }

  async function filled(): Promise<MemoryArtifactStore> {
    const store = new MemoryArtifactStore();
    const registry = registryOn(store);
    await registry.register(versionDraft('a'));
    await registry.promote(promotion(1, 0));
    await registry.register(versionDraft('b'));
    await registry.nominate({ environment: 'local', version: 2, expectedEpoch: 0, at });
    await registry.quarantine({ imageDigest: versionDraft('q').imageDigest, version: 9, reason: 'x', at });
    return store;
  }

  it('keep what this one does not know, of every kind and at any depth, and read on', async () => {
    const store = await filled();
    for (const key of store.objects.keys()) rewritten(store, key, (record) => ({ ...record, future: { of: ['more'] } }));
    rewritten(store, 'registry/flight-delay/versions/000001.json', (record) => ({ ...record, dataset: { ...(record['dataset'] as object), rows: 7 } }));
    const registry = registryOn(store);
    const future = { future: { of: ['more'] } };
    expect(await registry.version(1)).toMatchObject({ ...future, dataset: { rows: 7 } });
    expect(await registry.history('local')).toMatchObject([{ ...future, version: 1 }]);
    expect(await registry.live('local')).toMatchObject({ version: 1, epoch: 1 });
    expect(await registry.challenger('local')).toMatchObject({ ...future, version: 2 });
    expect(await registry.quarantines()).toMatchObject([future]);
    // And go on growing.
    await registry.promote(promotion(2, 1));
    expect(await registry.live('local')).toMatchObject({ version: 2, epoch: 2 });
    expect(await registry.challenger('local')).toBeUndefined();
  });

  it('are refused by the number of their schema where they must not be overlooked, with what to do', async () => {
    const store = await filled();
    const key = 'registry/flight-delay/versions/000001.json';
    store.objects.set(key, Buffer.from(JSON.stringify({ schema: 2, sealed: 'otherwise' })));
    await expect(registryOn(store).versions()).rejects.toMatchObject({
      code: 'registry-newer',
      message: expect.stringContaining('000001.json has schema 2; this release reads up to 1'),
      hint: expect.stringContaining('Upgrade Taxiway'),
    });
    await expect(registryOn(store).register(versionDraft('c'))).rejects.toMatchObject({ code: 'registry-newer' });
  });

  it('are told from corrupt ones where they are whole and say what is not known here', async () => {
    const store = await filled();
    rewritten(store, 'registry/flight-delay/history/local/000000001.json', (record) => ({ ...record, kind: 'canaried' }));
    await expect(registryOn(store).history('local')).rejects.toMatchObject({ code: 'registry-newer', message: expect.stringContaining('kind') });
  });
});
