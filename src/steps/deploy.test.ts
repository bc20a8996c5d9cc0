import { describe, expect, it } from 'vitest';
import { RolloutScene } from '../../test/builders/rollout-scene.ts';
import { overlayFile } from '../../test/fixtures/overlay.ts';
import { digestOf } from '../artifacts/digest.ts';
import { evidenceKey } from '../gate/evidence.ts';
import { deploy, type DeployInputs } from './deploy.ts';
import { verifyRollout } from './verify-rollout.ts';

const inputs = (version: DeployInputs['version'], more: Partial<DeployInputs> = {}): DeployInputs => ({ version, environment: 'local', reason: undefined, dryRun: false, ...more });
const run = async (scene: RolloutScene, version: DeployInputs['version'], more: Partial<DeployInputs> = {}) => deploy(inputs(version, more), await scene.context());

async function goLive(scene: RolloutScene, version: number): Promise<void> {
  const { outputs } = await run(scene, version);
  await verifyRollout({ version, environment: 'local', commit: outputs.commit, dryRun: false }, await scene.context());
}

async function edit(scene: RolloutScene, path: string, change: (text: string) => string): Promise<void> {
  const expectedHead = (await scene.host.head('main')) ?? '';
  const text = (await scene.host.readFile(expectedHead, path)) ?? '';
  await scene.host.commitFiles({ branch: 'main', expectedHead, changes: [{ path, text: change(text) }], subject: 'By hand' });
}

describe('deploy', () => {
  it('pins the image in one commit whose trailers name everything it was decided on', async () => {
    const scene = new RolloutScene();
    const record = await scene.register('one');
    const { outputs, verdict } = await run(scene, 1);
    expect(verdict.verdict).toBe('pass');
    expect(outputs).toMatchObject({ version: 'v1', 'image-digest': record.imageDigest });
    const [newest] = await scene.host.history('main', 1);
    expect(newest).toMatchObject({
      commit: outputs.commit,
      trailers: { 'Model-Version': 'v1', 'Image-Digest': record.imageDigest, 'Model-Digest': record.modelDigest, Evaluation: record.evaluation, Verdict: 'pass', Environment: 'local' },
    });
  });

  it('answers the same commit again, also when other commits came later', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    const first = await run(scene, 1);
    await edit(scene, 'README.md', () => 'unrelated\n');
    expect((await run(scene, 1)).outputs).toEqual(first.outputs);
    expect(await scene.host.history('main', 10)).toHaveLength(3);
  });

  it('starts again from what is there when the branch moved, and keeps the other change', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    const context = await scene.context();
    const commitFiles = scene.host.commitFiles.bind(scene.host);
    let races = 3;
    scene.host.commitFiles = async (request) => {
      races -= 1;
      if (races >= 0) await commitFiles({ ...request, changes: [{ path: `other-${races}`, text: 'x' }], subject: 'Race' });
      return commitFiles(request);
    };
    const { outputs } = await deploy(inputs(1), context);
    expect(await scene.host.readFile(outputs.commit, 'other-0')).toBe('x');
    expect(await scene.pinned()).toBe('v1');
  });

  it('gives up with a clear error when the branch never stands still', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    scene.host.commitFiles = () => Promise.resolve({ kind: 'moved', head: 'x' });
    await expect(run(scene, 1)).rejects.toMatchObject({ code: 'branch-moved' });
  });

  it('refuses missing, tampered and foreign evidence', async () => {
    const scene = new RolloutScene();
    const [one, two] = [await scene.register('one'), await scene.register('two')];
    const key = evidenceKey(one.evaluation);
    const good = scene.store.objects.get(key) ?? new Uint8Array();
    const text = Buffer.from(good).toString('utf8');
    const attacks: [Uint8Array | undefined, string][] = [
      [undefined, 'evidence-missing'],
      [Buffer.from('no json'), 'evidence-invalid'],
      [Buffer.from(text.replace(one.modelDigest, two.modelDigest)), 'evidence-invalid'],
      [scene.store.objects.get(evidenceKey(two.evaluation)), 'evidence-invalid'],
      [Buffer.from(text.replace(one.codeDigest, two.modelDigest)), 'evidence-invalid'],
    ];
    for (const [body, code] of attacks) {
      if (body === undefined) scene.store.objects.delete(key);
      else scene.store.objects.set(key, body);
      await expect(run(scene, 1)).rejects.toMatchObject({ code });
    }
    await expect(deploy(inputs(2), { ...(await scene.context()), trustedKeys: [] })).rejects.toMatchObject({ code: 'evidence-invalid' });
    expect(await scene.pinned()).toBe('nothing');
  });

  it('goes back to a version that an earlier release judged: what binds it is the code of its own gate', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    await expect(deploy(inputs(1), { ...(await scene.context()), code: digestOf('the next release') })).resolves.toMatchObject({ verdict: { verdict: 'pass' } });
  });

  it('refuses an image in quarantine and a version that does not exist', async () => {
    const scene = new RolloutScene();
    const record = await scene.register('one');
    await scene.registry.quarantine({ imageDigest: record.imageDigest, version: 1, reason: 'it failed', at: '2013-06-01T00:00:00Z' });
    await expect(run(scene, 1)).rejects.toMatchObject({ code: 'version-quarantined' });
    await expect(run(scene, 7)).rejects.toMatchObject({ code: 'version-missing', message: expect.stringContaining('v1') });
  });

  it.each([
    ['a tag beside the digest', (text: string) => text.replace('newName: localhost/delay-ml', 'newName: localhost/delay-ml\n    newTag: latest')],
    ['another image name', (text: string) => text.replace('- name: delay-ml\n    newName', '- name: other\n    newName')],
    ['a number of pods that is none', (text: string) => text.replace('count: 0', 'count: two')],
    ['pods without a digest', (text: string) => text.replace('count: 0', 'count: 2')],
    ['YAML that is broken', (text: string) => text.replace('resources:', 'resources: [')],
  ])('refuses an overlay edited by hand: %s', async (_what, change) => {
    const scene = new RolloutScene();
    await scene.register('one');
    await edit(scene, overlayFile, change);
    const head = await scene.host.head('main');
    await expect(run(scene, 1)).rejects.toMatchObject({ code: 'overlay-invalid', message: expect.stringMatching(/kustomization\.yaml:\d+:\d+ /) });
    expect(await scene.host.head('main')).toBe(head);
  });

  it('says which overlay is missing', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    await expect(run(scene, 1, { environment: 'staging' })).rejects.toMatchObject({ code: 'overlay-missing', message: expect.stringContaining('overlays/staging') });
  });

  it('writes nothing in a dry run', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    const head = await scene.host.head('main');
    const { outputs, verdict } = await run(scene, 1, { dryRun: true });
    expect(outputs.commit).toBe(head);
    expect(verdict.summary).toContain('dry run');
    expect(await scene.host.head('main')).toBe(head);
  });

  it('refuses a version that was never compared with the one it would replace', async () => {
    const scene = new RolloutScene();
    for (const name of ['one', 'two', 'three']) await scene.register(name);
    await goLive(scene, 1);
    // v3 was judged against v2, which is not live.
    await expect(run(scene, 3)).rejects.toMatchObject({ code: 'champion-moved', message: expect.stringContaining('judged against v2, but v1 is live') as string });
    expect(await scene.pinned()).toBe('v1');
    expect((await run(scene, 2)).outputs.version).toBe('v2');
  });

  it('goes back to the last healthy version, once per verified rollback', async () => {
    const scene = new RolloutScene();
    for (const name of ['one', 'two', 'three']) await scene.register(name);
    for (const version of [1, 2, 3]) await goLive(scene, version);
    const back = await run(scene, 'last-healthy', { reason: 'Complaints' });
    expect(back.outputs.version).toBe('v2');
    expect((await run(scene, 'last-healthy')).outputs).toEqual(back.outputs);
    await verifyRollout({ version: 2, environment: 'local', commit: back.outputs.commit, dryRun: false }, await scene.context());
    expect((await run(scene, 'last-healthy')).outputs.version).toBe('v1');
  });

  it('refuses to go back where nothing was live before', async () => {
    const scene = new RolloutScene();
    await scene.register('one');
    await expect(run(scene, 'last-healthy')).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
    await goLive(scene, 1);
    await expect(run(scene, 'last-healthy')).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
    expect(await scene.pinned()).toBe('v1');
  });
});
