import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegisterScene, type RegisterScene, type RegisterWorld } from '../../test/builders/register-scene.ts';
import { MemoryArtifactStore, type StoreInterceptor } from '../adapters/artifact-store/memory.ts';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { UserError } from '../errors.ts';
import type { ModelMirror } from '../ports/model-mirror.ts';
import { register } from './register.ts';

type World = RegisterWorld<MemoryArtifactStore, MemoryImageRegistry>;

let scene: RegisterScene;
beforeAll(async () => {
  scene = await createRegisterScene();
});
afterAll(() => scene.close());

const card = 'registry/flight-delay/versions/000001/MODEL_CARD.md';
const bom = 'registry/flight-delay/versions/000001/ml-bom.cdx.json';

/** Refuses the writing of keys as long as it is told to. */
function refusing(key: RegExp): { readonly intercept: StoreInterceptor; stop(): void } {
  let refuses = true;
  return {
    intercept: (call) => {
      if (refuses && call.phase === 'before' && call.operation === 'create' && key.test(call.key)) throw new UserError('store-denied', `no writing to ${call.key}`, { hint: 'Grant it.' });
    },
    stop: () => {
      refuses = false;
    },
  };
}

/** An image registry that tags nothing as long as it is told so. */
class UntaggingRegistry extends MemoryImageRegistry {
  refuses = true;
  override async putManifest(tag: string, manifest: Uint8Array): Promise<string> {
    if (this.refuses && tag.startsWith('model_v')) throw new UserError('image-registry-unavailable', 'no answer', { hint: 'Wait.' });
    return super.putManifest(tag, manifest);
  }
}

async function expectWhole({ store, images, context }: World, outputs: Readonly<Record<string, string>>): Promise<void> {
  expect(outputs).toMatchObject({ 'model-version': '1', 'image-tag': 'delay-ml:model_v1' });
  expect(await context.registry.versions()).toHaveLength(1);
  expect(images.tags.get('model_v1')).toBe(outputs['image-digest']);
  expect([store.objects.has(card), store.objects.has(bom)]).toEqual([true, true]);
  expect(await context.registry.challenger('local')).toMatchObject({ version: 1 });
}

describe('when something that follows the record fails', () => {
  it.each([
    ['model card', /MODEL_CARD/, 'its model card and bill of materials could not be written'],
    ['bill of materials', /ml-bom/, 'its model card and bill of materials could not be written'],
    ['nomination', /\/challengers\/local\//, 'that it challenges could not be written'],
  ])('the version is named with what is missing, and register completes it: %s', async (_name, key, said) => {
    const fault = refusing(key);
    const world = scene.worldOf(new MemoryArtifactStore(fault.intercept), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    const error = await register(inputs, world.context).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'registration-incomplete', hint: expect.stringMatching(/Run register again.*version 1.*Grant it\.$/) });
    expect(String(error)).toMatch(/flight-delay version 1 is registered \(model_v1, [0-9a-f]+\), but /);
    expect(String(error)).toContain(said);
    fault.stop();
    await expectWhole(world, (await register(inputs, world.context)).outputs);
  });

  it('so too where the image cannot be tagged', async () => {
    const images = new UntaggingRegistry();
    const world = scene.worldOf(new MemoryArtifactStore(), images);
    const { inputs } = await scene.judge(world, 'model a');
    await expect(register(inputs, world.context)).rejects.toMatchObject({ code: 'registration-incomplete', message: expect.stringContaining('version 1 is registered') });
    images.refuses = false;
    await expectWhole(world, (await register(inputs, world.context)).outputs);
  });

  it('a store that ignores the conditions of writes is found at the first registration', async () => {
    class UnconditionalStore extends MemoryArtifactStore {
      override async create(key: string, body: Uint8Array): Promise<'created' | 'exists'> {
        if (this.objects.has(key)) this.objects.delete(key);
        return super.create(key, body);
      }
    }
    const world = scene.worldOf(new UnconditionalStore(), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    await expect(register(inputs, world.context)).rejects.toMatchObject({ message: expect.stringContaining('ignores If-None-Match'), cause: expect.objectContaining({ code: 'store-unconditional' }) });
  });

  it('a mirror that fails or never answers changes neither outcome nor outputs', async () => {
    const mirror: ModelMirror = { name: 'memory', sync: () => Promise.reject(new Error('out of order')) };
    const world = scene.worldOf(new MemoryArtifactStore(), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    const { verdict, outputs } = await register(inputs, { ...world.context, mirror });
    expect([verdict.verdict, verdict.notes]).toEqual(['pass', [expect.stringContaining('out of order')]]);
    await expectWhole(world, outputs);
  });

  it('a version whose image would be another today is completed as well, and the new one is registered beside it', async () => {
    const images = new UntaggingRegistry();
    const world = scene.worldOf(new MemoryArtifactStore(), images);
    const { inputs } = await scene.judge(world, 'model a');
    await expect(register(inputs, world.context)).rejects.toMatchObject({ code: 'registration-incomplete' });
    images.refuses = false;
    const { servingBase } = world.context;
    const newer = 'registry' in servingBase ? servingBase : { ...servingBase, environment: { NODE_VERSION: 'another' } };
    const { outputs } = await register(inputs, { ...world.context, servingBase: newer });
    expect(outputs['model-version']).toBe('2');
    expect(images.tags.get('model_v1')).toBe((await world.context.registry.version(1))?.imageDigest);
    expect([world.store.objects.has(card), world.store.objects.has(bom)]).toEqual([true, true]);
  });

  it('an earlier version that has its tag already is described as well, and not by what runs in the image of today', async () => {
    const fault = refusing(/MODEL_CARD/);
    const world = scene.worldOf(new MemoryArtifactStore(fault.intercept), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    await expect(register(inputs, world.context)).rejects.toMatchObject({ code: 'registration-incomplete' });
    expect([world.images.tags.has('model_v1'), world.store.objects.has(card)]).toEqual([true, false]);
    fault.stop();
    const { servingBase } = world.context;
    if ('registry' in servingBase) throw new Error('the scene packs its base');
    const module = join(scene.workDirectory, 'newer');
    await mkdir(module, { recursive: true });
    await writeFile(join(module, 'package.json'), '{"name":"newer-library","version":"2.0.0"}');
    const newer = { ...servingBase, nativeModules: [...servingBase.nativeModules, module] };
    expect((await register(inputs, { ...world.context, servingBase: newer })).outputs['model-version']).toBe('2');
    const textOf = (key: string): string => Buffer.from(world.store.objects.get(key) ?? []).toString('utf8');
    expect(textOf(card)).toContain('flight-delay');
    expect(textOf(bom.replace('000001', '000002'))).toContain('newer-library');
    const first = JSON.parse(Buffer.from(world.images.blobs.get((await world.context.registry.version(1))?.imageDigest ?? '') ?? []).toString('utf8')) as { annotations: Record<string, string> };
    expect(textOf(bom)).not.toContain('newer-library');
    expect(textOf(bom)).toContain(first.annotations['org.opencontainers.image.base.digest']);
  });

  it('a version whose image a clean-up took before it had its tag is taken up all the same', async () => {
    const images = new UntaggingRegistry();
    const world = scene.worldOf(new MemoryArtifactStore(), images);
    const { inputs } = await scene.judge(world, 'model a');
    const context = { ...world.context, source: 'https://github.com/you/repo' };
    await expect(register(inputs, context)).rejects.toMatchObject({ code: 'registration-incomplete' });
    images.blobs.delete((await world.context.registry.version(1))?.imageDigest ?? '');
    images.refuses = false;
    await expectWhole(world, (await register(inputs, context)).outputs);
  });

  it('where what describes it cannot be read, there is no version at all', async () => {
    const world = scene.worldOf(new MemoryArtifactStore(), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    const unreadable = { read: world.context.artifacts.read.bind(world.context.artifacts), bytes: world.context.artifacts.bytes.bind(world.context.artifacts) };
    const json: ArtifactRepository['json'] = async (artifact, name) => (name === 'evaluation.json' ? { candidate: {}, curves: 'none' } : world.context.artifacts.json(artifact, name));
    await expect(register(inputs, { ...world.context, artifacts: Object.assign(Object.create(ArtifactRepository.prototype) as ArtifactRepository, unreadable, { json }) })).rejects.toThrow();
    expect(await world.context.registry.versions()).toEqual([]);
  });
});

describe('two registrations of the same candidate at once', () => {
  it('make one version', async () => {
    const world = scene.worldOf(new MemoryArtifactStore(), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    const [first, second] = await Promise.all([register(inputs, world.context), register(inputs, world.context)]);
    expect(second.outputs).toEqual(first.outputs);
    await expectWhole(world, first.outputs);
  });
});

describe('where an image says it comes from', () => {
  const annotations = ({ images }: World, digest: string): unknown => (JSON.parse(Buffer.from(images.blobs.get(digest) ?? []).toString('utf8')) as { annotations: unknown }).annotations;

  it('is the repository, and the commit by which the candidate was first made', async () => {
    const world = scene.worldOf(new MemoryArtifactStore(), new MemoryImageRegistry());
    const { inputs } = await scene.judge(world, 'model a');
    for (const [commit, day] of [['b'.repeat(40), '2013-06-01'], ['a'.repeat(40), '2013-06-02']] as const) {
      await new ArtifactRepository(world.store, { commit, now: () => Date.parse(day) }).recordMaker('candidate', inputs.candidate);
    }
    const { outputs } = await register(inputs, { ...world.context, source: 'https://github.com/you/repo' });
    const said = { 'org.opencontainers.image.source': 'https://github.com/you/repo', 'org.opencontainers.image.revision': 'b'.repeat(40) };
    expect(annotations(world, outputs['image-digest'])).toMatchObject(said);
    expect(annotations(world, outputs['image-digest'])).not.toHaveProperty(['org.opencontainers.image.created']);
    // Registered again by hand, where nobody says which repository it is: the same version.
    expect((await register(inputs, world.context)).outputs).toEqual(outputs);
  });
});
