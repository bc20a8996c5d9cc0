import { describe, expect, it } from 'vitest';
import { RolloutScene } from '../../test/builders/rollout-scene.ts';
import { UserError } from '../errors.ts';
import type { MirrorContent, ModelMirror } from '../ports/model-mirror.ts';
import type { VersionRecord } from '../ports/model-registry.ts';
import { deploy } from './deploy.ts';
import { verifyRollout } from './verify-rollout.ts';

async function release(scene: RolloutScene, record: VersionRecord, mirror: ModelMirror) {
  const { outputs } = await deploy({ version: record.version, environment: 'local', reason: undefined, dryRun: false }, await scene.context());
  return verifyRollout({ version: record.version, environment: 'local', commit: outputs.commit, dryRun: false }, { ...(await scene.context()), mirror });
}

function mirrorThat(sync: ModelMirror['sync']): ModelMirror {
  return { name: 'memory', sync };
}

describe('verify-rollout with a mirror', () => {
  it('decides the same while the mirror is down, and says in a note that it is behind', async () => {
    const scene = new RolloutScene();
    const mirror = mirrorThat(() => Promise.reject(new UserError('mirror-unavailable', 'mlflow.test does not answer', { hint: 'Wait.' })));
    const { verdict, outputs } = await release(scene, await scene.register('one'), mirror);
    expect([verdict.verdict, outputs.result]).toEqual(['pass', 'promoted']);
    expect(verdict.notes).toEqual([expect.stringContaining('mlflow.test does not answer')]);
  });

  it('tells it after a promotion, and after a rollback with the quarantine', async () => {
    const scene = new RolloutScene();
    const seen: MirrorContent[] = [];
    const mirror = mirrorThat(async (read) => {
      seen.push(await read());
      return { changes: 1, notes: [] };
    });
    const first = await scene.register('one');
    const second = await scene.register('two', { skew: 0.2 });
    expect((await release(scene, first, mirror)).verdict.notes).toBeUndefined();
    expect((await release(scene, second, mirror)).outputs.result).toBe('rolled-back');
    expect(seen.map(({ champion, versions }) => [champion, versions.map(({ state }) => state['status'])])).toEqual([
      [1, ['live', 'registered']],
      [1, ['live', 'quarantined']],
    ]);
  });
});
