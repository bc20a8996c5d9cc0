import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionDraft } from '../../../test/builders/version-draft.ts';
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
});
