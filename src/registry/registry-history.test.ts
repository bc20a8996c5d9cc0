import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { OperatingPoints } from './operating-points.ts';
import { historyAt, liveIn, type RegistryHistory, readRegistryHistory } from './registry-history.ts';

const begin = Date.UTC(2013, 5, 1);

type Deed = { readonly kind: 'register' } | { readonly kind: 'promote' | 'quarantine' | 'nominate'; readonly version: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constant({ kind: 'register' } as const),
  fc.record({ kind: fc.constantFrom('promote', 'quarantine', 'nominate'), version: fc.integer({ min: 1, max: 5 }) }),
);

/** Plays the deeds, each at its moment, and says what the registry held after each. */
async function played(deeds: readonly { readonly what: Deed; readonly at: number }[]): Promise<RegistryHistory[]> {
  let now = begin;
  const store = new MemoryArtifactStore();
  const registry = new StoreModelRegistry({ store, model: 'flight-delay', clock: { now: () => now, sleep: async () => undefined } });
  const sources = { registry, operatingPoints: new OperatingPoints({ store, model: 'flight-delay', registry }) };
  const held: RegistryHistory[] = [];
  let named = 0;
  for (const { what, at: moment } of deeds) {
    now = moment;
    const at = new Date(moment).toISOString();
    const known = (await registry.versions()).length;
    if (what.kind === 'register') {
      const { version } = await registry.register(versionDraft(String((named += 1))));
      await registry.nominate({ environment: 'local', version, expectedEpoch: (await registry.challengers('local')).length, at });
    } else if (what.version <= known) {
      const { version } = what;
      const record = await registry.version(version);
      const isQuarantined = record !== undefined && (await registry.quarantined(record.imageDigest)) !== undefined;
      if (what.kind === 'promote' && !isQuarantined) await registry.promote({ environment: 'local', version, expectedEpoch: (await registry.history('local')).length, commit: 'c', at });
      if (what.kind === 'nominate' && !isQuarantined) await registry.nominate({ environment: 'local', version, expectedEpoch: (await registry.challengers('local')).length, at });
      if (what.kind === 'quarantine' && record !== undefined) await registry.quarantine({ imageDigest: record.imageDigest, version, reason: 'slow', at });
    }
    // Whoever looks says what has ended.
    await registry.challenger('local');
    held.push(await readRegistryHistory(sources, 'local'));
  }
  return held;
}

const isSequence = (numbers: readonly number[]): boolean => numbers.every((number, index) => number === index + 1);

describe('the history at a moment', () => {
  it('is what the registry held at that moment, whatever came later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 14 }), async (deeds) => {
        const moments = deeds.map((what, index) => ({ what, at: begin + index * 60_000 }));
        const held = await played(moments);
        const whole = held.at(-1);
        for (const [index, { at }] of moments.entries()) if (whole !== undefined) expect(historyAt(whole, at)).toEqual(held[index]);
      }),
      { numRuns: 40 },
    );
  });

  it('has epochs and versions without a gap, and never a later one without those before, however the clocks of the writers differ', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ what: deed, skew: fc.integer({ min: -90, max: 90 }) }), { maxLength: 14 }), fc.integer({ min: -100, max: 100 }), async (deeds, asked) => {
        const held = await played(deeds.map(({ what, skew }, index) => ({ what, at: begin + (index + skew) * 60_000 })));
        const whole = held.at(-1);
        if (whole === undefined) return;
        const then = historyAt(whole, begin + asked * 60_000);
        expect(isSequence(then.versions.map(({ version }) => version))).toBe(true);
        for (const environment of then.environments) {
          expect(isSequence(environment.events.map(({ epoch }) => epoch))).toBe(true);
          expect(isSequence(environment.challengers.map(({ epoch }) => epoch))).toBe(true);
        }
        expect(historyAt(whole, begin + 1e9)).toEqual(whole);
        expect(whole.environments.map(liveIn)).toEqual(held.at(-1)?.environments.map(({ events }) => events.at(-1)));
      }),
      { numRuns: 60 },
    );
  });
});
