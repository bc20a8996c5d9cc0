import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { servingBundle } from '../../test/builders/serving-bundle.ts';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import { packLayer } from './pack-layer.ts';
import { packageModel } from './package-model.ts';
import { buildServingBase, isNeededAtRunTime, type ServingBaseInputs } from './serving-base.ts';
import { unpackImage } from './unpack-image.ts';

const folders: string[] = [];

async function bundle(): Promise<ServingBaseInputs> {
  const { folder, inputs } = await servingBundle();
  folders.push(folder);
  return inputs;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const model = Buffer.from('model bytes');

describe('a layer', () => {
  it('has the same bytes whatever the order of the files', async () => {
    const files = ['b/2', 'a', 'b/1'].map((path) => ({ path, content: Buffer.from(path) }));
    expect(digestOf(await packLayer(files))).toBe(digestOf(await packLayer(files.toReversed())));
  });

  it('refuses two files of one name', async () => {
    const file = { path: 'a', content: Buffer.from('x') };
    await expect(packLayer([file, file])).rejects.toThrow('two files');
  });
});

describe('a serving base', () => {
  it('holds the bundle and what its modules need on this platform, and nothing else', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, await bundle());
    const packaged = await packageModel(images, { base, model, version: 1, labels: {} });
    folders.push(join(tmpdir(), 'packaging-test'));
    const { folder } = await unpackImage(images, packaged.digest, { into: join(tmpdir(), 'packaging-test') });
    const present = async (path: string): Promise<boolean> => stat(join(folder, path)).then(Boolean, () => false);
    const modulePath = 'app/server/node_modules/tiny-native';
    for (const path of ['app/server/index.js', 'app/server/package.json', `${modulePath}/dist/index.js`, `${modulePath}/LICENSE`, `${modulePath}/bin/napi-v6/linux/x64/binding.node`]) {
      expect([path, await present(path)]).toEqual([path, true]);
    }
    for (const path of ['app/server/index.js.map', `${modulePath}/script`, `${modulePath}/dist/index.d.ts`, `${modulePath}/bin/napi-v6/linux/arm64`, `${modulePath}/bin/napi-v6/darwin`]) {
      expect([path, await present(path)]).toEqual([path, false]);
    }
    expect(await readFile(join(folder, 'app/model/model.onnx'), 'utf8')).toBe('model bytes');
  });

  it('is packed once for the same inputs, and anew when they change', async () => {
    const images = new MemoryImageRegistry();
    const inputs = await bundle();
    const first = await buildServingBase(images, inputs);
    const stored = images.blobs.size;
    expect(await buildServingBase(images, inputs)).toEqual(first);
    expect(images.blobs.size).toBe(stored);
    await writeFile(join(inputs.serverBundle, 'index.js'), 'changed');
    expect((await buildServingBase(images, inputs)).layers).not.toEqual(first.layers);
  });

  it('packs again where the cached layer is gone', async () => {
    const images = new MemoryImageRegistry();
    const inputs = await bundle();
    const [layer] = (await buildServingBase(images, inputs)).layers;
    images.blobs.delete(layer?.digest ?? '');
    await buildServingBase(images, inputs);
    expect(await images.hasBlob(layer?.digest ?? '')).toBe(true);
  });

  it('has what only online features load in a layer of its own, which the plain base does without and shares the rest', async () => {
    const images = new MemoryImageRegistry();
    const { nativeModules, ...plain } = await bundle();
    const [without, withFeatures] = [await buildServingBase(images, { ...plain, nativeModules: [] }), await buildServingBase(images, { ...plain, nativeModules: [], featureModules: nativeModules })];
    expect(withFeatures.layers.map(({ digest }) => digest)).toEqual([expect.any(String), ...without.layers.map(({ digest }) => digest)]);
    const packaged = await packageModel(images, { base: withFeatures, model, version: 1, labels: {} });
    folders.push(join(tmpdir(), 'packaging-features-test'));
    const { folder } = await unpackImage(images, packaged.digest, { into: join(tmpdir(), 'packaging-features-test') });
    expect(await readFile(join(folder, 'app/server/node_modules/tiny-native/LICENSE'), 'utf8')).toBe('licence');
  });

  it.each([{ serverBundle: '/nowhere/dist' }, { featureModules: ['/nowhere/module'] }, { nativeModules: ['/nowhere/module'] }])('says what is missing: %j', async (missing) => {
    const inputs = { ...(await bundle()), ...missing };
    await expect(buildServingBase(new MemoryImageRegistry(), inputs)).rejects.toMatchObject({ code: 'serving-bundle-missing' });
  });

  it('takes neither GPU providers nor other platforms', () => {
    const platform = { system: 'linux', architecture: 'x64' };
    expect(isNeededAtRunTime('bin/napi-v6/linux/x64/libonnxruntime.so.1', platform)).toBe(true);
    expect(isNeededAtRunTime('bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so', platform)).toBe(false);
    expect(isNeededAtRunTime('bin/napi-v6/win32/x64/onnxruntime.dll', platform)).toBe(false);
  });
});

describe("a model's image", () => {
  it('has the same digest for the same parts, in another registry and from another folder', async () => {
    const digests: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const images = new MemoryImageRegistry();
      const base = await buildServingBase(images, await bundle());
      digests.push((await packageModel(images, { base, model, version: 3, labels: { b: '1', a: '2' } })).digest);
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it('has another digest for another version, model, label or variable', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, await bundle());
    const drafts = [
      { base, model, version: 1, labels: {} },
      { base, model, version: 2, labels: {} },
      { base, model: Buffer.from('another'), version: 1, labels: {} },
      { base, model, version: 1, labels: { x: 'y' } },
      { base, model, version: 1, labels: {}, environment: { SIMULATED_FAULT: 'slow=150ms' } },
    ];
    const digests = await Promise.all(drafts.map(async (draft) => (await packageModel(images, draft)).digest));
    expect(new Set(digests).size).toBe(drafts.length);
  });

  it('binds the service to the model by its digest, which no variable can override', async () => {
    const images = new MemoryImageRegistry();
    const base = await buildServingBase(images, await bundle());
    const { config } = await packageModel(images, { base, model, version: 7, labels: {}, environment: { MODEL_DIGEST: 'sha256:0' } });
    const { Env } = (JSON.parse(Buffer.from(config.body).toString('utf8')) as { config: { Env: string[] } }).config;
    expect(Env.filter((entry) => entry.startsWith('MODEL_'))).toEqual([`MODEL_DIGEST=${digestOf(model)}`, 'MODEL_VERSION=7']);
  });
});
