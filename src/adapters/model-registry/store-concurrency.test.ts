import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionDraft } from '../../../test/builders/version-draft.ts';
import { UserError } from '../../errors.ts';
import { MemoryArtifactStore } from '../artifact-store/memory.ts';
import { StoreModelRegistry } from './store.ts';

const clock = { now: () => 0, sleep: async () => undefined };
const at = '2013-06-01T00:00:00.000Z';

/** A registry whose every store call waits until the scheduler lets it go on. */
function actor(scheduler: fc.Scheduler, objects: Map<string, Uint8Array>): StoreModelRegistry {
  const store = new MemoryArtifactStore(async ({ operation, phase }) => {
    await scheduler.schedule(Promise.resolve(), `${phase} ${operation}`);
  }, objects);
  return new StoreModelRegistry({ store, model: 'flight-delay', clock });
}

describe('concurrent actors, their steps in every order', () => {
  it('register each content once, under numbers without a gap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 5 }), async (scheduler, contents) => {
        const objects = new Map<string, Uint8Array>();
        const records = await scheduler.waitFor(Promise.all(contents.map((content) => actor(scheduler, objects).register(versionDraft(content)))));
        const versions = await new StoreModelRegistry({ store: new MemoryArtifactStore(undefined, objects), model: 'flight-delay', clock }).versions();
        expect(versions.map((record) => record.version)).toEqual(versions.map((_, index) => index + 1));
        expect(versions.map((record) => record.imageDigest).sort()).toEqual([...new Set(contents)].map((content) => versionDraft(content).imageDigest).sort());
        contents.forEach((content, index) => expect(records[index]?.imageDigest).toBe(versionDraft(content).imageDigest));
      }),
      { numRuns: 60 },
    );
  });

  it('leave one live version and a linear history, where every promotion was answered truthfully', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }), async (scheduler, wanted) => {
        const objects = new Map<string, Uint8Array>();
        const calm = new StoreModelRegistry({ store: new MemoryArtifactStore(undefined, objects), model: 'flight-delay', clock });
        for (const name of ['a', 'b', 'c']) await calm.register(versionDraft(name));
        const promoteOnce = async (version: number, index: number) => {
          const registry = actor(scheduler, objects);
          const expectedEpoch = (await registry.live('local'))?.epoch ?? 0;
          return registry.promote({ environment: 'local', version, expectedEpoch, commit: `commit${index}`, at });
        };
        const answers = await scheduler.waitFor(Promise.all(wanted.map(promoteOnce)));
        const history = await calm.history('local');
        const live = await calm.live('local');
        expect(history.map((event) => event.epoch)).toEqual(history.map((_, index) => index + 1));
        expect(live?.epoch).toBe(history.length);
        expect(live?.version).toBe(history.at(-1)?.version);
        const answered = answers.flatMap((answer) => answer ?? []);
        expect(answered.length).toBeGreaterThan(0);
        for (const answer of answered) expect(history[answer.epoch - 1]).toMatchObject(answer);
        for (const event of history) expect(answered.some((answer) => answer.epoch === event.epoch)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  type Deed = { readonly kind: 'register'; readonly content: string } | { readonly kind: 'promote' | 'nominate' | 'quarantine'; readonly version: number };
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    fc.record({ kind: fc.constant('register' as const), content: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
    fc.record({ kind: fc.constantFrom('promote' as const, 'nominate' as const, 'quarantine' as const), version: fc.integer({ min: 1, max: 3 }) }),
  );

  it('keep every promise when any store call fails before or after it happened, and the step is run again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.tuple(deed, fc.array(fc.nat(25), { maxLength: 3 })), { minLength: 2, maxLength: 4 }), async (scheduler, deeds) => {
        const objects = new Map<string, Uint8Array>();
        const calm = new StoreModelRegistry({ store: new MemoryArtifactStore(undefined, objects), model: 'flight-delay', clock });
        for (const name of ['a', 'b', 'c']) await calm.register(versionDraft(name));
        const created = new Map([...objects].map(([key, body]) => [key, Buffer.from(body).toString('utf8')]));
        await scheduler.waitFor(Promise.all(deeds.map(([wanted, failures], index) => untilDone(dyingActor(scheduler, objects, failures), wanted, index))));
        const versions = await calm.versions();
        const history = await calm.history('local');
        const challengers = await calm.challengers('local');
        const quarantined = new Set((await calm.quarantines()).map(({ imageDigest }) => imageDigest));
        // Nothing was written over, numbers have no gap, no content has two.
        for (const [key, text] of created) expect(Buffer.from(objects.get(key) ?? []).toString('utf8')).toBe(text);
        expect(versions.map((record) => record.version)).toEqual(versions.map((_, index) => index + 1));
        expect(new Set(versions.map((record) => record.imageDigest)).size).toBe(versions.length);
        for (const [wanted] of deeds) {
          if (wanted.kind === 'register') expect(versions.filter((record) => record.imageDigest === versionDraft(wanted.content).imageDigest)).toHaveLength(1);
          if (wanted.kind === 'quarantine') expect(quarantined).toContain(versions[wanted.version - 1]?.imageDigest);
        }
        // One live version: the last of a linear history in which nothing follows itself.
        expect(history.map((event) => event.epoch)).toEqual(history.map((_, index) => index + 1));
        history.forEach((event, index) => expect(event.version).not.toBe(history[index - 1]?.version));
        expect((await calm.live('local'))?.epoch).toBe(history.at(-1)?.epoch);
        // One challenger: nobody that is live, is older than what went live since, or is quarantined.
        const challenger = await calm.challenger('local');
        expect(challengers.map((event) => event.epoch)).toEqual(challengers.map((_, index) => index + 1));
        if (challenger === undefined) return;
        expect(quarantined).not.toContain(challenger.imageDigest);
        for (const event of history) expect(event.version).toBeLessThan(challenger.version);
      }),
      { numRuns: 100 },
    );
  });

  /** Whose n-th calls die, counted over all runs: an even moment before the call happened, an odd one after it, with the answer lost. */
  function dyingActor(scheduler: fc.Scheduler, objects: Map<string, Uint8Array>, failures: readonly number[]): StoreModelRegistry {
    let moment = -1;
    const store = new MemoryArtifactStore(async ({ operation, phase }) => {
      await scheduler.schedule(Promise.resolve(), `${phase} ${operation}`);
      moment += 1;
      if (failures.includes(moment)) throw new Error('killed');
    }, objects);
    return new StoreModelRegistry({ store, model: 'flight-delay', clock });
  }

  async function untilDone(registry: StoreModelRegistry, wanted: Deed, index: number): Promise<void> {
    for (;;) {
      try {
        await act(registry, wanted, index);
        return;
      } catch (error) {
        if (error instanceof UserError && error.code === 'version-quarantined') return;
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
      }
    }
  }

  async function act(registry: StoreModelRegistry, wanted: Deed, index: number): Promise<void> {
    switch (wanted.kind) {
      case 'register':
        await registry.register(versionDraft(wanted.content));
        return;
      case 'promote':
        await registry.promote({ environment: 'local', version: wanted.version, expectedEpoch: (await registry.live('local'))?.epoch ?? 0, commit: `commit${index}`, at });
        return;
      case 'nominate':
        await registry.nominate({ environment: 'local', version: wanted.version, expectedEpoch: (await registry.challengers('local')).at(-1)?.epoch ?? 0, at });
        return;
      case 'quarantine':
        await registry.quarantine({ imageDigest: versionDraft('abc'[wanted.version - 1] ?? '').imageDigest, version: wanted.version, reason: 'x', at });
        return;
      default:
        throw new Error(`unexpected deed ${JSON.stringify(wanted satisfies never)}`);
    }
  }
});
