import { describe, expect, it } from 'vitest';
import { type ImageBehaviour, RolloutScene } from '../../test/builders/rollout-scene.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { deploy } from './deploy.ts';
import { verifyRollout } from './verify-rollout.ts';

async function release(scene: RolloutScene, record: VersionRecord) {
  const { outputs } = await deploy({ version: record.version, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
  return verify(scene, record, outputs.commit);
}

async function verify(scene: RolloutScene, record: VersionRecord, commit?: string) {
  return verifyRollout({ version: record.version, environment: 'local', commit, dryRun: false }, await scene.context());
}

async function liveVersion(scene: RolloutScene): Promise<number | undefined> {
  return (await scene.registry.live('local'))?.version;
}

const unavailable = { kind: 'unavailable', reason: 'NaN' } as const;

describe('verify-rollout', () => {
  it('promotes a version that serves what the gate accepted', async () => {
    const scene = new RolloutScene();
    const result = await release(scene, await scene.register('one'));
    expect(result.outputs.result).toBe('promoted');
    expect(result.verdict.verdict).toBe('pass');
    expect(result.verdict.checks.filter((check) => check.severity === 'error').map((check) => check.verdict)).toEqual(Array.from({ length: 9 }, () => 'pass'));
    expect(await scene.registry.live('local')).toMatchObject({ version: 1, epoch: 1, commit: result.outputs.commit });
  });

  it('answers the same when it runs again', async () => {
    const scene = new RolloutScene();
    const record = await scene.register('one');
    const first = await release(scene, record);
    expect((await verify(scene, record, first.outputs.commit)).outputs).toEqual(first.outputs);
    expect(await scene.registry.history('local')).toHaveLength(1);
  });

  const failures: Record<string, ImageBehaviour> = {
    'score-difference': { skew: 0.2 },
    'pods-ready': { crashLoops: true },
    'model-digest': { otherModel: `sha256:${'f'.repeat(64)}` },
    'latency-p95': { latency: { kind: 'value', value: 0.15, sampleSize: 1000 } },
    'error-rate': { errorRate: { kind: 'value', value: 0.01, sampleSize: 1000 } },
    'request-errors': { refuses: true },
  };
  it.each(Object.entries(failures))('rolls back, quarantines and tells once when %s fails', async (check, behaviour) => {
    const scene = new RolloutScene();
    await release(scene, await scene.register('good'));
    const bad = await scene.register('bad', behaviour);
    const result = await release(scene, bad);
    expect(result.outputs.result).toBe('rolled-back');
    expect(result.verdict.checks.find(({ id }) => id === check)).toMatchObject({ verdict: 'fail' });
    expect(await scene.pinned()).toBe('v1');
    expect(await liveVersion(scene)).toBe(1);
    expect(await scene.registry.quarantined(bad.imageDigest)).toMatchObject({ version: 2 });
    const [newest] = await scene.host.history('main', 1);
    expect(newest).toMatchObject({ commit: result.outputs.commit, trailers: { 'Model-Version': 'v1', 'Rolled-Back': bad.imageDigest, Verdict: 'fail' } });
    const again = await verify(scene, bad);
    expect(again.outputs).toEqual(result.outputs);
    expect(new Set(scene.notifications.filter(({ severity }) => severity === 'critical').map(({ key }) => key)).size).toBe(1);
    expect(await scene.host.history('main', 10)).toHaveLength(4);
  });

  it('fails pods that are not ready by the deadline', async () => {
    const scene = new RolloutScene();
    await release(scene, await scene.register('good'));
    const began = scene.clock.now();
    const result = await release(scene, await scene.register('stuck', { neverReady: true }));
    expect(result.outputs.result).toBe('rolled-back');
    expect(scene.clock.now() - began).toBeGreaterThanOrEqual(30_000);
  });

  it.each<[string, ImageBehaviour]>([
    ['latency', { latency: unavailable }],
    ['errors', { errorRate: unavailable }],
    ['a latency that is no number', { latency: { kind: 'value', value: Number.NaN, sampleSize: 1000 } }],
    ['a large enough sample', { latency: { kind: 'value', value: 0.001, sampleSize: 39 } }],
  ])('rolls back without quarantine when %s cannot be measured by the deadline', async (_what, behaviour) => {
    const scene = new RolloutScene();
    await release(scene, await scene.register('good'));
    const dark = await scene.register('dark', behaviour);
    const result = await release(scene, dark);
    expect(result.outputs.result).toBe('rolled-back');
    expect(result.verdict.verdict).toBe('inconclusive');
    expect(await scene.registry.quarantined(dark.imageDigest)).toBeUndefined();
    expect(await scene.pinned()).toBe('v1');
    const again = await verify(scene, dark);
    expect(again.outputs).toEqual(result.outputs);
  });

  it('is inconclusive, not a failure of the image, when the cluster does not follow the branch', async () => {
    const scene = new RolloutScene();
    scene.clusterFollows = false;
    const record = await scene.register('one');
    const result = await release(scene, record);
    expect(result.verdict.verdict).toBe('inconclusive');
    expect(await scene.registry.quarantined(record.imageDigest)).toBeUndefined();
  });

  it('stops the service and says so when the first version fails: nothing was live before', async () => {
    const scene = new RolloutScene();
    const result = await release(scene, await scene.register('bad', { skew: 0.3 }));
    expect(result.outputs.result).toBe('stopped');
    expect(result.verdict.summary).toContain('no earlier version to roll back to');
    expect(await scene.pinned()).toBe('nothing');
    expect(await liveVersion(scene)).toBeUndefined();
  });

  it('touches nothing once another version was deployed meanwhile', async () => {
    const scene = new RolloutScene();
    const slow = await scene.register('slow', { latency: unavailable });
    const other = await scene.register('other');
    scene.meanwhile = async () => {
      scene.meanwhile = () => undefined;
      await deploy({ version: other.version, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
    };
    const result = await release(scene, slow);
    expect(result.outputs.result).toBe('superseded');
    expect(await scene.pinned()).toBe('v2');
    expect(await scene.registry.quarantined(slow.imageDigest)).toBeUndefined();
    expect(scene.notifications).toEqual([]);
  });

  it('moves live back when a version that was live already fails later', async () => {
    const scene = new RolloutScene();
    await release(scene, await scene.register('one'));
    const two = await scene.register('two');
    await release(scene, two);
    scene.behaviours.set(two.imageDigest, { skew: -0.05 });
    expect((await verify(scene, two)).outputs.result).toBe('rolled-back');
    expect(await liveVersion(scene)).toBe(1);
    expect((await scene.registry.history('local')).map(({ kind, version }) => `${kind} v${version}`)).toEqual(['promoted v1', 'promoted v2', 'rolled-back v1']);
  });

  it('changes nothing in a dry run', async () => {
    const scene = new RolloutScene();
    const record = await scene.register('bad', { skew: 0.2 });
    const { outputs } = await deploy({ version: 1, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
    const result = await verifyRollout({ version: record.version, environment: 'local', commit: outputs.commit, dryRun: true }, await scene.context());
    expect(result).toMatchObject({ outputs: { result: 'judged', commit: outputs.commit }, verdict: { verdict: 'fail' } });
    expect(await scene.pinned()).toBe('v1');
    expect(await scene.registry.quarantined(record.imageDigest)).toBeUndefined();
  });

  it('never says of a quarantined image that it would be promoted', async () => {
    const scene = new RolloutScene();
    const record = await scene.register('one');
    await deploy({ version: 1, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
    await scene.registry.quarantine({ imageDigest: record.imageDigest, version: 1, reason: 'it was slow', at: '2013-06-01T00:00:00Z' });
    const result = await verifyRollout({ version: 1, environment: 'local', commit: undefined, dryRun: true }, await scene.context());
    expect(result).toMatchObject({ outputs: { result: 'judged' }, verdict: { verdict: 'fail', summary: expect.stringContaining('would not be promoted') } });
    expect(await scene.pinned()).toBe('v1');
  });
});
