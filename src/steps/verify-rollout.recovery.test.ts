import { describe, expect, it } from 'vitest';
import { RolloutScene } from '../../test/builders/rollout-scene.ts';
import type { CommitRequest } from '../ports/git-host.ts';
import { deploy } from './deploy.ts';
import { verifyRollout } from './verify-rollout.ts';

/** Counts effects on store and git; throws at the chosen one, before it happens or after it did and the answer is lost. */
class Failures {
  count = 0;
  at = Number.POSITIVE_INFINITY;

  pass(): void {
    this.count += 1;
    if (this.count === this.at) throw new Error(`lost at effect ${this.at}`);
  }
}

async function prepare(skew: number) {
  const failures = new Failures();
  const scene = new RolloutScene(({ operation }) => {
    if (operation === 'create' || operation === 'replace') failures.pass();
  });
  const commitFiles = scene.host.commitFiles.bind(scene.host);
  scene.host.commitFiles = async (request: CommitRequest) => {
    failures.pass();
    const result = await commitFiles(request);
    failures.pass();
    return result;
  };
  await scene.register('one');
  await scene.register('two', { skew });
  await release(scene, 1);
  failures.count = 0;
  return { scene, failures };
}

async function release(scene: RolloutScene, version: number): Promise<string> {
  const { outputs } = await deploy({ version, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
  const result = await verifyRollout({ version, environment: 'local', commit: outputs.commit, dryRun: false }, await scene.context());
  return result.outputs.result;
}

async function endState(scene: RolloutScene) {
  const two = await scene.registry.version(2);
  return {
    pinned: await scene.pinned(),
    live: (await scene.registry.live('local'))?.version,
    history: (await scene.registry.history('local')).map(({ kind, version }) => `${kind} v${version}`),
    quarantined: two !== undefined && (await scene.registry.quarantined(two.imageDigest)) !== undefined,
    commits: (await scene.host.history('main', 20)).map(({ subject }) => subject),
  };
}

describe('deploy and verify-rollout, killed at any effect and run again', () => {
  it.each([
    ['promote', 0],
    ['roll back', 0.2],
  ])('converge to the same end state when they %s', async (_what, skew) => {
    const whole = await prepare(skew);
    await release(whole.scene, 2);
    const expected = await endState(whole.scene);
    expect(whole.failures.count).toBeGreaterThan(2);
    for (let at = 1; at <= whole.failures.count; at += 1) {
      const { scene, failures } = await prepare(skew);
      failures.at = at;
      await expect(release(scene, 2)).rejects.toThrow('lost at effect');
      // A repeated workflow starts with deploy again where deploy did not finish; verify-rollout is what undoes a quarantined deployment.
      const pinned = await scene.pinned();
      if (pinned === 'v2' || (await endState(scene)).quarantined) await verifyRollout({ version: 2, environment: 'local', commit: undefined, dryRun: false }, await scene.context());
      else await release(scene, 2);
      expect({ at, ...(await endState(scene)) }).toEqual({ at, ...expected });
    }
  });
});

describe('a rollback against a concurrent deploy', () => {
  it.each(['before', 'after'] as const)('never takes out what was deployed %s its commit', async (order) => {
    const scene = new RolloutScene();
    await scene.register('one');
    const bad = await scene.register('two', { skew: 0.2 });
    await scene.register('three', { champion: 1 });
    await release(scene, 1);
    await deploy({ version: 2, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
    const commitFiles = scene.host.commitFiles.bind(scene.host);
    const deployThree = async (): Promise<void> => {
      scene.host.commitFiles = commitFiles;
      await deploy({ version: 3, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
    };
    scene.host.commitFiles = async (request) => {
      if (order === 'before') await deployThree();
      const result = await commitFiles(request);
      if (order === 'after') await deployThree();
      return result;
    };
    const result = await verifyRollout({ version: 2, environment: 'local', commit: undefined, dryRun: false }, await scene.context());
    expect(await scene.pinned()).toBe('v3');
    expect(await scene.registry.quarantined(bad.imageDigest)).toBeDefined();
    expect((await scene.registry.live('local'))?.version).toBe(1);
    expect(result.outputs.result).toBe(order === 'before' ? 'superseded' : 'rolled-back');
  });
});
