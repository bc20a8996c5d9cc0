import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { LiveEvent } from '../ports/model-registry.ts';
import { rollbackTargets } from './rollback-target.ts';

const event = (kind: LiveEvent['kind'], version: number, epoch: number): LiveEvent => ({
  kind,
  version,
  epoch,
  environment: 'local',
  imageDigest: digestOf(`image ${version}`),
  commit: `commit ${epoch}`,
  since: '2013-06-01T00:00:00Z',
});

type Action = { readonly kind: 'release'; readonly healthy: boolean } | { readonly kind: 'roll-back' } | { readonly kind: 'quarantine'; readonly version: number };
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('release' as const), healthy: fc.boolean() }),
  fc.record({ kind: fc.constant('roll-back' as const) }),
  fc.record({ kind: fc.constant('quarantine' as const), version: fc.integer({ min: 1, max: 8 }) }),
);

it('only ever goes back to what was live and healthy, is not quarantined, and was not rolled away from', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const history: LiveEvent[] = [];
      const quarantined = new Set<Digest>();
      const leftBehind = new Set<Digest>();
      let deployed: Digest | undefined;
      let version = 0;
      const goBack = (): void => {
        const targets = rollbackTargets({ history, from: deployed, isQuarantined: (digest) => quarantined.has(digest) });
        const wasLive = new Set(history.map(({ imageDigest }) => imageDigest));
        for (const target of targets) {
          expect(wasLive.has(target.imageDigest)).toBe(true);
          expect(quarantined.has(target.imageDigest)).toBe(false);
          expect(target.imageDigest).not.toBe(deployed);
          expect(leftBehind.has(target.imageDigest)).toBe(false);
        }
        expect(new Set(targets.map(({ imageDigest }) => imageDigest)).size).toBe(targets.length);
        const [target] = targets;
        const live = history.at(-1);
        if (target === undefined) {
          deployed = undefined;
          return;
        }
        if (deployed !== undefined) leftBehind.add(deployed);
        deployed = target.imageDigest;
        if (live?.imageDigest !== target.imageDigest) {
          if (live !== undefined) leftBehind.add(live.imageDigest);
          history.push(event('rolled-back', target.version, history.length + 1));
        }
      };
      for (const step of actions) {
        if (step.kind === 'quarantine') quarantined.add(digestOf(`image ${step.version}`));
        else if (step.kind === 'roll-back') goBack();
        else {
          version += 1;
          deployed = digestOf(`image ${version}`);
          if (step.healthy && !quarantined.has(deployed)) history.push(event('promoted', version, history.length + 1));
          else {
            quarantined.add(deployed);
            goBack();
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});

it('goes to the version that is live when the one that failed never was', () => {
  const history = [event('promoted', 1, 1), event('promoted', 2, 2)];
  expect(rollbackTargets({ history, from: digestOf('image 3'), isQuarantined: () => false }).map(({ version }) => version)).toEqual([2, 1]);
});

it('goes further back the second time, and forward never', () => {
  const history = [event('promoted', 1, 1), event('promoted', 2, 2), event('promoted', 3, 3), event('rolled-back', 2, 4)];
  expect(rollbackTargets({ history, from: digestOf('image 2'), isQuarantined: () => false }).map(({ version }) => version)).toEqual([1]);
});

it('has nothing to offer where nothing was ever live', () => {
  expect(rollbackTargets({ history: [], from: digestOf('image 1'), isQuarantined: () => false })).toEqual([]);
});
