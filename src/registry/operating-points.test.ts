import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { digestOf } from '../artifacts/digest.ts';
import { operatingPointRecord, type OperatingPointRecord } from '../operating-point/operating-point-record.ts';
import { operatingPointSchema } from '../pipeline/schema/operating-point.ts';
import { OperatingPoints } from './operating-points.ts';

const clock = { now: () => 0, sleep: async () => undefined };
const model = 'flight-delay';

/** A registry with versions 1 and 2, and the operating points of the same store. */
async function scene() {
  const objects = new Map<string, Uint8Array>();
  const registry = new StoreModelRegistry({ store: new MemoryArtifactStore(undefined, objects), model, clock });
  for (const content of ['a', 'b']) await registry.register(versionDraft(content));
  const open = (store = new MemoryArtifactStore(undefined, objects)): OperatingPoints => new OperatingPoints({ store, model, registry });
  return { objects, open };
}

const point = (version: number, createdAt: string, { threshold = 0.3, digest = digestOf(`model ${version === 1 ? 'a' : 'b'}`) } = {}): OperatingPointRecord =>
  operatingPointRecord({ model: { name: model, version, digest }, point: { day: 15_900, threshold, source: 'trailing', rows: 900, positives: 250 }, policy: operatingPointSchema.parse({ policy: 'trailing-recall' }), createdAt });

describe('operatingPointRecord', () => {
  it('names the days of the window: 28 that end two days before', () => {
    expect(point(1, '2013-07-14T00:05:00Z').window).toEqual({ from: '2013-06-15', to: '2013-07-12', rows: 900, positives: 250 });
  });
  it('has no window under a fixed policy', () => {
    const fixed = operatingPointRecord({ model: { name: model, version: 1, digest: digestOf('x') }, point: { day: 15_900, threshold: 0.4, source: 'validation', rows: 0, positives: 0 }, policy: { policy: 'fixed' }, createdAt: '2013-07-14T00:05:00Z' });
    expect([fixed.window, fixed.source]).toEqual([null, 'validation']);
  });
});

describe('OperatingPoints', () => {
  it('keeps every record, and says what was in force for a version at any date', async () => {
    const { open } = await scene();
    const records = [point(1, '2013-07-01T00:05:00Z', { threshold: 0.3 }), point(2, '2013-07-02T00:05:00Z', { threshold: 0.5 }), point(1, '2013-07-03T00:05:00Z', { threshold: 0.4 })];
    for (const [index, record] of records.entries()) expect(await open().append(record)).toBe(index + 1);
    expect(await open().all()).toEqual(records);
    const thresholdAt = async (version: number, at: string): Promise<number | undefined> => (await open().at(version, Date.parse(at)))?.threshold;
    expect(await thresholdAt(1, '2013-06-30T00:00:00Z')).toBeUndefined();
    expect(await thresholdAt(1, '2013-07-01T00:05:00Z')).toBe(0.3);
    expect(await thresholdAt(1, '2013-07-02T23:00:00Z')).toBe(0.3);
    expect(await thresholdAt(1, '2014-01-01T00:00:00Z')).toBe(0.4);
    expect(await thresholdAt(2, '2014-01-01T00:00:00Z')).toBe(0.5);
  });

  it('appends the same record once', async () => {
    const { open } = await scene();
    const record = point(1, '2013-07-01T00:05:00Z');
    expect([await open().append(record), await open().append(record)]).toEqual([1, 1]);
    expect(await open().all()).toEqual([record]);
  });

  it.each([
    ['a version that is not registered', point(3, '2013-07-01T00:05:00Z'), 'version-missing'],
    ['another pipeline', { ...point(1, '2013-07-01T00:05:00Z'), model: { name: 'other', version: 1, digest: digestOf('model a') } }, 'version-missing'],
    ['another model than the version\'s', point(1, '2013-07-01T00:05:00Z', { digest: digestOf('model x') }), 'input-invalid'],
  ])('refuses a record of %s', async (_name, record, code) => {
    const { open } = await scene();
    await expect(open().append(record)).rejects.toMatchObject({ code });
    expect(await open().all()).toEqual([]);
  });

  it('refuses a record that is older than the one in force', async () => {
    const { open } = await scene();
    await open().append(point(1, '2013-07-02T00:05:00Z'));
    await expect(open().append(point(1, '2013-07-01T00:05:00Z'))).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it.each(['before', 'after'] as const)('a crash %s any write converges on re-run', async (phase) => {
    for (let effect = 1; effect <= 3; effect += 1) {
      const { objects, open } = await scene();
      let writes = 0;
      const failing = new MemoryArtifactStore(async (call) => {
        if (call.operation !== 'create' || call.phase !== phase) return;
        writes += 1;
        if (writes === effect) throw new Error('cut');
      }, objects);
      const records = [point(1, '2013-07-01T00:05:00Z'), point(1, '2013-07-02T00:05:00Z'), point(2, '2013-07-02T00:05:00Z')];
      const run = async (points: OperatingPoints): Promise<void> => {
        for (const record of records) await points.append(record);
      };
      await expect(run(open(failing))).rejects.toThrow('cut');
      await run(open());
      expect(await open().all()).toEqual(records);
    }
  });

  it('writers at once each get a place of their own, whatever the order of their steps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, writers) => {
        const { objects, open } = await scene();
        const store = (): MemoryArtifactStore => new MemoryArtifactStore(async ({ operation, phase }) => scheduler.schedule(Promise.resolve(), `${phase} ${operation}`), objects);
        const records = Array.from({ length: writers }, (_, writer) => point(1, '2013-07-01T00:05:00Z', { threshold: (writer + 1) / 10 }));
        const positions = await scheduler.waitFor(Promise.all(records.map((record) => open(store()).append(record))));
        const all = await open().all();
        expect(positions.toSorted()).toEqual(records.map((_, index) => index + 1));
        positions.forEach((position, writer) => expect(all[position - 1]?.id).toBe(records[writer]?.id));
      }),
      { numRuns: 40 },
    );
  });

  it('a record that was changed, cut or taken out is found by whoever reads', async () => {
    const { objects, open } = await scene();
    await open().append(point(1, '2013-07-01T00:05:00Z', { threshold: 0.3 }));
    await open().append(point(1, '2013-07-02T00:05:00Z', { threshold: 0.4 }));
    const [key = '', second = ''] = [...objects.keys()].filter((name) => name.includes('/operating-points/')).sort();
    const body = objects.get(key) ?? new Uint8Array();
    for (const spoilt of [Buffer.from(Buffer.from(body).toString().replace('"threshold":0.3', '"threshold":0.1')), body.slice(0, 40)]) {
      objects.set(key, spoilt);
      await expect(open().all()).rejects.toMatchObject({ code: 'registry-corrupt' });
    }
    objects.delete(key);
    expect(second).not.toBe('');
    await expect(open().all()).rejects.toMatchObject({ code: 'registry-corrupt' });
  });
});
