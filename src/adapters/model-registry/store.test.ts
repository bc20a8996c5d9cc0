import { describe, expect, it } from 'vitest';
import { promotion, registryMoment as at, registryOn } from '../../../test/builders/store-registry.ts';
import { versionDraft } from '../../../test/builders/version-draft.ts';
import type { Json } from '../../artifacts/canonical-json.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import { sealRecord } from '../../registry/sealed-record.ts';
import { MemoryArtifactStore } from '../artifact-store/memory.ts';
import type { StoreModelRegistry } from './store.ts';

describe('registering', () => {
  it('counts versions from 1 and reads back what was registered', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    const first = await registry.register(versionDraft('a'));
    const second = await registry.register(versionDraft('b', { champion: 1 }));
    expect([first.version, first.imageTag, first.registeredAt]).toEqual([1, 'model_v1', at]);
    expect(second.version).toBe(2);
    expect(await registry.versions()).toEqual([first, second]);
    expect(await registry.version(2)).toEqual(second);
    expect(await registry.version(3)).toBeUndefined();
  });

  it('answers the version that exists for the same candidate and image', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    const first = await registry.register(versionDraft('a'));
    await registry.register(versionDraft('b'));
    expect(await registry.register(versionDraft('a'))).toEqual(first);
    expect(await registry.versions()).toHaveLength(2);
  });

  it('refuses a number that is not the next free one', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    await registry.register(versionDraft('a', { version: 1 }));
    await expect(registry.register(versionDraft('b', { version: 1 }))).rejects.toMatchObject({ code: 'version-taken' });
    await expect(registry.register(versionDraft('b', { version: 3 }))).rejects.toMatchObject({ code: 'version-taken' });
    expect(await registry.versions()).toHaveLength(1);
  });
});

describe('what is live', () => {
  it('grows by one epoch at every change and keeps the history', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    await registry.register(versionDraft('a'));
    await registry.register(versionDraft('b'));
    expect(await registry.live('local')).toBeUndefined();
    await registry.promote(promotion(1, 0));
    await registry.promote(promotion(2, 1));
    const back = await registry.promote(promotion(1, 2));
    expect(back).toMatchObject({ version: 1, epoch: 3 });
    expect(await registry.live('local')).toEqual(back);
    expect((await registry.history('local')).map(({ kind, version, epoch }) => [kind, version, epoch])).toEqual([
      ['promoted', 1, 1],
      ['promoted', 2, 2],
      ['rolled-back', 1, 3],
    ]);
  });

  it('refuses a writer that has not seen the latest epoch', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    for (const name of ['a', 'b', 'c']) await registry.register(versionDraft(name));
    await registry.promote(promotion(1, 0));
    await registry.promote(promotion(2, 1));
    expect(await registry.promote(promotion(3, 1))).toBeUndefined();
    expect(await registry.live('local')).toMatchObject({ version: 2 });
  });

  it('answers a version that is already live as it stands', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    await registry.register(versionDraft('a'));
    const live = await registry.promote(promotion(1, 0));
    expect(await registry.promote({ ...promotion(1, 1), commit: 'another' })).toEqual(live);
    expect(await registry.history('local')).toHaveLength(1);
  });

  it('never promotes an unknown or quarantined version', async () => {
    const registry = registryOn(new MemoryArtifactStore());
    const { imageDigest } = await registry.register(versionDraft('a'));
    await expect(registry.promote(promotion(2, 0))).rejects.toMatchObject({ code: 'version-missing' });
    await registry.quarantine({ imageDigest, version: 1, reason: 'scores differ', at });
    await registry.quarantine({ imageDigest, version: 1, reason: 'said again', at });
    expect(await registry.quarantined(imageDigest)).toMatchObject({ reason: 'scores differ' });
    await expect(registry.promote(promotion(1, 0))).rejects.toMatchObject({ code: 'version-quarantined' });
    expect(await registry.live('local')).toBeUndefined();
  });
});

describe('what challenges', () => {
  const nomination = (version: number, expectedEpoch: number) => ({ environment: 'local', version, expectedEpoch, at });
  async function threeVersions(): Promise<StoreModelRegistry> {
    const registry = registryOn(new MemoryArtifactStore());
    for (const name of ['a', 'b', 'c']) await registry.register(versionDraft(name));
    return registry;
  }

  it('is the version that was nominated last, by compare-and-swap on a growing epoch', async () => {
    const registry = await threeVersions();
    expect(await registry.challenger('local')).toBeUndefined();
    expect(await registry.nominate(nomination(1, 0))).toMatchObject({ version: 1, epoch: 1, liveEpoch: 0 });
    expect(await registry.nominate(nomination(2, 0))).toBeUndefined();
    expect(await registry.nominate(nomination(2, 1))).toMatchObject({ version: 2, epoch: 2 });
    expect(await registry.nominate({ ...nomination(2, 2), at: '2014-01-01T00:00:00.000Z' })).toMatchObject({ epoch: 2, since: at });
    expect(await registry.challenger('local')).toMatchObject({ version: 2, epoch: 2 });
    expect(await registry.challenger('staging')).toBeUndefined();
    expect(await registry.environments()).toEqual(['local']);
  });

  it('ends when it, or a newer version, goes live, and not when an older one does', async () => {
    const registry = await threeVersions();
    await registry.nominate(nomination(2, 0));
    await registry.promote(promotion(1, 0));
    expect(await registry.challenger('local')).toMatchObject({ version: 2 });
    await registry.promote({ ...promotion(3, 1), at: '2013-06-05T00:00:00.000Z' });
    expect(await registry.challenger('local')).toBeUndefined();
    expect((await registry.challengers('local')).map(({ kind, version, epoch, since }) => [kind, version, epoch, since])).toEqual([
      ['nominated', 2, 1, at],
      ['withdrawn', 2, 2, '2013-06-05T00:00:00.000Z'],
    ]);
  });

  it('ends when its image is quarantined, and a rollback does not bring it back', async () => {
    const registry = await threeVersions();
    await registry.promote(promotion(1, 0));
    await registry.nominate(nomination(2, 0));
    await registry.quarantine({ imageDigest: versionDraft('b').imageDigest, version: 2, reason: 'x', at: '2013-06-07T00:00:00.000Z' });
    expect(await registry.challenger('local')).toBeUndefined();
    expect((await registry.challengers('local')).at(-1)).toMatchObject({ kind: 'withdrawn', since: '2013-06-07T00:00:00.000Z' });
    await registry.nominate(nomination(3, 2));
    await registry.promote(promotion(3, 1));
    await registry.promote(promotion(1, 2));
    expect(await registry.challenger('local')).toBeUndefined();
  });

  it('is never an unknown or quarantined version, nor one that was live or is older than what was', async () => {
    const registry = await threeVersions();
    await registry.promote(promotion(2, 0));
    for (const version of [1, 2]) expect(await registry.nominate(nomination(version, 0))).toBeUndefined();
    await expect(registry.nominate(nomination(4, 0))).rejects.toMatchObject({ code: 'version-missing' });
    await registry.quarantine({ imageDigest: versionDraft('c').imageDigest, version: 3, reason: 'x', at });
    await expect(registry.nominate(nomination(3, 0))).rejects.toMatchObject({ code: 'version-quarantined' });
    expect(await registry.challengers('local')).toEqual([]);
  });
});

describe('challenger records that cannot be read or written', () => {
  it.each<[string, (objects: Map<string, Uint8Array>) => ArtifactStore]>([
    ['are refused by the store', (objects) => new MemoryArtifactStore(({ key }) => { if (key.includes('/challenger')) throw new Error('access denied'); }, objects)],
    ['are corrupt', (objects) => new MemoryArtifactStore(undefined, objects.set('registry/flight-delay/challenger/local.json', Buffer.from('{}')))],
  ])('hold up no registration, promotion and rollback where they %s', async (_what, openStore) => {
    const objects = new Map<string, Uint8Array>();
    const whole = registryOn(new MemoryArtifactStore(undefined, objects));
    await whole.register(versionDraft('a'));
    await whole.register(versionDraft('b'));
    await whole.nominate({ environment: 'local', version: 2, expectedEpoch: 0, at });
    const registry = registryOn(openStore(objects));
    expect(await registry.register(versionDraft('c'))).toMatchObject({ version: 3 });
    for (const [index, version] of [1, 2, 1].entries()) expect(await registry.promote(promotion(version, index))).toMatchObject({ version, epoch: index + 1 });
    expect(await registry.promote(promotion(1, 3))).toMatchObject({ version: 1, epoch: 3 });
    expect((await registry.history('local')).map(({ kind }) => kind)).toEqual(['promoted', 'promoted', 'rolled-back']);
  });
});

describe('a crash at any store call, then the same step again', () => {
  interface Step {
    readonly run: (registry: StoreModelRegistry) => Promise<unknown>;
    readonly prepare?: (registry: StoreModelRegistry) => Promise<unknown>;
  }
  const steps: Record<string, Step> = {
    register: { run: (registry) => registry.register(versionDraft('b')), prepare: (registry) => registry.register(versionDraft('a')) },
    'first promotion': { run: (registry) => registry.promote(promotion(1, 0)), prepare: (registry) => registry.register(versionDraft('a')) },
    promotion: {
      run: async (registry) => registry.promote(promotion(2, (await registry.live('local'))?.epoch ?? 0)),
      prepare: async (registry) => {
        await registry.register(versionDraft('a'));
        await registry.register(versionDraft('b'));
        await registry.promote(promotion(1, 0));
      },
    },
    rollback: {
      run: async (registry) => registry.promote(promotion(1, (await registry.live('local'))?.epoch ?? 0)),
      prepare: async (registry) => {
        for (const name of ['a', 'b']) await registry.register(versionDraft(name));
        await registry.promote(promotion(1, 0));
        await registry.promote(promotion(2, 1));
      },
    },
    nomination: {
      run: async (registry) => registry.nominate({ environment: 'local', version: 2, expectedEpoch: (await registry.challengers('local')).at(-1)?.epoch ?? 0, at }),
      prepare: async (registry) => {
        for (const name of ['a', 'b']) await registry.register(versionDraft(name));
        await registry.nominate({ environment: 'local', version: 1, expectedEpoch: 0, at });
      },
    },
    'promotion of the challenger': {
      run: async (registry) => registry.promote(promotion(2, (await registry.live('local'))?.epoch ?? 0)),
      prepare: async (registry) => {
        for (const name of ['a', 'b']) await registry.register(versionDraft(name));
        await registry.promote(promotion(1, 0));
        await registry.nominate({ environment: 'local', version: 2, expectedEpoch: 0, at });
      },
    },
    'quarantine of the challenger': {
      run: async (registry) => {
        await registry.quarantine({ imageDigest: versionDraft('a').imageDigest, version: 1, reason: 'x', at });
        await registry.challenger('local');
      },
      prepare: async (registry) => {
        await registry.register(versionDraft('a'));
        await registry.nominate({ environment: 'local', version: 1, expectedEpoch: 0, at });
      },
    },
    quarantine: { run: (registry) => registry.quarantine({ imageDigest: versionDraft('a').imageDigest, version: 1, reason: 'x', at }) },
  };

  async function stateAfter(step: Step, crashAt: number): Promise<{ state: unknown; calls: number }> {
    const objects = new Map<string, Uint8Array>();
    await step.prepare?.(registryOn(new MemoryArtifactStore(undefined, objects)));
    let calls = 0;
    const failing = new MemoryArtifactStore(() => {
      calls += 1;
      if (calls === crashAt) throw new Error('killed');
    }, objects);
    await step.run(registryOn(failing)).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    });
    const registry = registryOn(new MemoryArtifactStore(undefined, objects));
    await step.run(registry);
    await registry.live('local');
    await registry.challenger('local');
    return { state: [...objects].map(([key, body]) => [key, Buffer.from(body).toString('utf8')]).sort(), calls };
  }

  it.each(Object.entries(steps))('converges: %s', async (_name, step) => {
    const undisturbed = await stateAfter(step, 0);
    expect(undisturbed.calls).toBeGreaterThan(1);
    for (let crashAt = 1; crashAt <= undisturbed.calls; crashAt += 1) {
      expect((await stateAfter(step, crashAt)).state).toEqual(undisturbed.state);
    }
  });

  it('shows what was decided even if nobody runs the step again', async () => {
    const objects = new Map<string, Uint8Array>();
    await registryOn(new MemoryArtifactStore(undefined, objects)).register(versionDraft('a'));
    const dying = new MemoryArtifactStore(({ operation }) => {
      if (operation === 'replace') throw new Error('killed');
    }, objects);
    await expect(registryOn(dying).promote(promotion(1, 0))).rejects.toThrow('killed');
    expect(await registryOn(new MemoryArtifactStore(undefined, objects)).live('local')).toMatchObject({ version: 1, epoch: 1 });
  });
});

describe('what is read is what was written', () => {
  async function filled(): Promise<MemoryArtifactStore> {
    const store = new MemoryArtifactStore();
    const registry = registryOn(store);
    for (const name of ['a', 'b']) await registry.register(versionDraft(name));
    await registry.promote(promotion(1, 0));
    await registry.promote(promotion(2, 1));
    await registry.register(versionDraft('c'));
    await registry.nominate({ environment: 'local', version: 3, expectedEpoch: 0, at });
    await registry.quarantine({ imageDigest: versionDraft('q').imageDigest, version: 9, reason: 'x', at });
    return store;
  }

  async function readAll(store: MemoryArtifactStore): Promise<void> {
    const registry = registryOn(store);
    await registry.versions();
    await registry.live('local');
    await registry.history('local');
    await registry.challenger('local');
    await registry.challengers('local');
    await registry.quarantines();
    await registry.quarantined(versionDraft('q').imageDigest);
  }

  const kinds = [/\/versions\//, /\/live\//, /\/history\//, /\/challenger\//, /\/challengers\//, /\/quarantine\//];

  it('holds for every kind of record', async () => {
    const keys = [...(await filled()).objects.keys()];
    for (const kind of kinds) expect(keys.filter((key) => kind.test(key)).length).toBeGreaterThan(0);
    expect(keys.filter((key) => !kinds.some((kind) => kind.test(key)))).toEqual([]);
  });

  it('never writes over a record: what was created stays, whatever is asked for again', async () => {
    const store = await filled();
    const before = new Map([...store.objects].filter(([key]) => !/\/(live|challenger)\//.test(key)).map(([key, body]) => [key, Buffer.from(body).toString('utf8')]));
    const registry = registryOn(store);
    for (const name of ['a', 'b', 'c']) await registry.register(versionDraft(name, { threshold: 0.1 }));
    await registry.quarantine({ imageDigest: versionDraft('q').imageDigest, version: 9, reason: 'another', at });
    await registry.promote(promotion(1, 2));
    await registry.promote(promotion(2, 3));
    await registry.promote(promotion(3, 4));
    for (const [key, text] of before) expect(Buffer.from(store.objects.get(key) ?? []).toString('utf8'), key).toBe(text);
    expect((await registry.history('local')).map(({ version }) => version)).toEqual([1, 2, 1, 2, 3]);
  });

  it('reads records of the release that kept neither parents nor evidence', async () => {
    const store = new MemoryArtifactStore();
    const { parents: _parents, evidence: _evidence, ...old } = await registryOn(new MemoryArtifactStore()).register(versionDraft('a'));
    store.objects.set('registry/flight-delay/versions/000001.json', sealRecord(JSON.parse(JSON.stringify(old)) as Json));
    expect(await registryOn(store).version(1)).toEqual({ ...old, parents: [], evidence: undefined });
  });

  it('refuses a flipped bit anywhere in a record', async () => {
    const store = await filled();
    for (const [key, body] of store.objects) {
      for (let position = 0; position < body.length - 1; position += 23) {
        const flipped = Uint8Array.from(body);
        flipped[position] = (flipped[position] ?? 0) ^ 1;
        store.objects.set(key, flipped);
        await expect(readAll(store), `${key} byte ${position}`).rejects.toMatchObject({ code: 'registry-corrupt' });
      }
      store.objects.set(key, body);
    }
    await readAll(store);
  });

  it('refuses a truncated record', async () => {
    const store = await filled();
    for (const [key, body] of store.objects) {
      for (const length of [0, 1, body.length >> 1, body.length - 2]) {
        store.objects.set(key, body.subarray(0, length));
        await expect(readAll(store), `${key} cut to ${length}`).rejects.toMatchObject({ code: 'registry-corrupt' });
      }
      store.objects.set(key, body);
    }
  });

  it('refuses a record that was moved to another place', async () => {
    const store = await filled();
    const swap = (from: string, to: string): void => void store.objects.set(to, store.objects.get(from) ?? new Uint8Array());
    swap('registry/flight-delay/versions/000001.json', 'registry/flight-delay/versions/000002.json');
    await expect(registryOn(store).versions()).rejects.toMatchObject({ code: 'registry-corrupt' });
    swap('registry/flight-delay/challenger/local.json', 'registry/flight-delay/challenger/staging.json');
    await expect(registryOn(store).challenger('staging')).rejects.toMatchObject({ code: 'registry-corrupt' });
    swap('registry/flight-delay/live/local.json', 'registry/flight-delay/live/staging.json');
    await expect(registryOn(store).live('staging')).rejects.toMatchObject({ code: 'registry-corrupt' });
  });

  it('notices a deleted version and a deleted event', async () => {
    const store = await filled();
    store.objects.delete('registry/flight-delay/versions/000001.json');
    await expect(registryOn(store).versions()).rejects.toMatchObject({ code: 'registry-corrupt' });
    store.objects.delete('registry/flight-delay/history/local/000000001.json');
    await expect(registryOn(store).history('local')).rejects.toMatchObject({ code: 'registry-corrupt' });
  });

  it.each([1, 2])('says which event is gone and what to do, also where it is the last: %i of 2', async (epoch) => {
    const store = await filled();
    store.objects.delete(`registry/flight-delay/history/local/00000000${epoch}.json`);
    await expect(registryOn(store).history('local')).rejects.toMatchObject({
      code: 'registry-corrupt',
      message: expect.stringMatching(new RegExp(`history/local/00000000${epoch}.json is missing`)),
      hint: expect.stringContaining('Restore this object from a backup'),
    });
  });

  it('reads a history whose pointer is cut: the entries are the truth', async () => {
    const store = await filled();
    store.objects.set('registry/flight-delay/live/local.json', Buffer.from('{"rec'));
    expect((await registryOn(store).history('local')).map(({ version }) => version)).toEqual([1, 2]);
    // As docs/registry.md says: it may be deleted, and is made anew.
    store.objects.delete('registry/flight-delay/live/local.json');
    expect(await registryOn(store).live('local')).toMatchObject({ version: 2, epoch: 2 });
  });
});
