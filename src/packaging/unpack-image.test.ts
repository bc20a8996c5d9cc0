import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { type Digest, digestOf, hexOf } from '../artifacts/digest.ts';
import { buildImage, layerDescriptor } from './image.ts';
import type { LayerDescriptor } from './oci-schemas.ts';
import { packLayer } from './pack-layer.ts';
import { unpackImage } from './unpack-image.ts';

let into = '';
beforeEach(async () => {
  into = await mkdtemp(join(tmpdir(), 'unpack-'));
});
afterEach(() => rm(into, { recursive: true, force: true }));

interface ImageParts {
  readonly layers: readonly Uint8Array[];
  readonly change?: (descriptor: LayerDescriptor) => LayerDescriptor;
  readonly entrypoint?: readonly string[];
}

async function imageOf(parts: ImageParts): Promise<{ images: MemoryImageRegistry; digest: Digest }> {
  const images = new MemoryImageRegistry();
  const { layers, change, entrypoint = ['node', '/app/index.js'] } = parts;
  for (const layer of layers) await images.putBlob(digestOf(layer), layer);
  const image = buildImage({
    platform: { system: 'linux', architecture: 'x64' },
    layers: layers.map((layer) => change?.(layerDescriptor(layer)) ?? layerDescriptor(layer)),
    entrypoint,
    environment: { A: '1=2' },
    labels: { l: 'x' },
  });
  await images.putBlob(image.config.digest, image.config.body);
  await images.putManifest('t', image.manifest);
  return { images, digest: image.digest };
}

async function tarOf(...headers: (Partial<Header> & { name: string; content?: string })[]): Promise<Uint8Array> {
  const archive = pack();
  const whole = buffer(archive);
  for (const { content, ...header } of headers) archive.entry(header, content ?? '');
  archive.finalize();
  return whole;
}

const good = (text: string): Promise<Uint8Array> => packLayer([{ path: 'app/index.js', content: Buffer.from(text) }]);

describe('unpacking an image', () => {
  it('gives folder, entrypoint, variables and labels; a later layer wins', async () => {
    const { images, digest } = await imageOf({ layers: [await good('one'), await good('two')] });
    const unpacked = await unpackImage(images, digest, { into });
    expect(unpacked).toEqual({
      digest,
      folder: join(into, hexOf(digest)),
      entrypoint: ['node', join(into, hexOf(digest), 'app/index.js')],
      environment: { A: '1=2' },
      labels: { l: 'x' },
    });
    expect(await readFile(join(unpacked.folder, 'app/index.js'), 'utf8')).toBe('two');
  });

  it('unpacks once, also when many ask at the same time', async () => {
    const { images, digest } = await imageOf({ layers: [await good('one')] });
    const answers = await Promise.all(Array.from({ length: 6 }, () => unpackImage(images, digest, { into })));
    expect(new Set(answers.map((answer) => answer.folder)).size).toBe(1);
    expect(await readdir(into)).toEqual([hexOf(digest)]);
  });

  it('refuses a blob whose bytes were changed, and leaves nothing behind', async () => {
    const layer = await good('one');
    const { images, digest } = await imageOf({ layers: [layer] });
    const evil = Uint8Array.from(layer);
    evil[600] = (evil[600] ?? 0) ^ 1;
    images.blobs.set(digestOf(layer), evil);
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-corrupt' });
    expect(await readdir(into)).toEqual([]);
  });

  it('refuses a blob of another size than declared', async () => {
    const { images, digest } = await imageOf({ layers: [await good('one')], change: (descriptor) => ({ ...descriptor, size: descriptor.size - 512 }) });
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-corrupt' });
  });

  it('refuses what declares too many bytes before it reads any', async () => {
    const layer = await good('one');
    const { images, digest } = await imageOf({ layers: [layer], change: (descriptor) => ({ ...descriptor, size: 2 ** 40 }) });
    images.blobs.delete(digestOf(layer));
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-invalid' });
  });

  it('says which blob is missing', async () => {
    const layer = await good('one');
    const { images, digest } = await imageOf({ layers: [layer] });
    images.blobs.delete(digestOf(layer));
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-missing' });
    await expect(unpackImage(images, digestOf('nothing'), { into })).rejects.toMatchObject({ code: 'image-missing' });
  });

  it('refuses a layer of a media type it does not know', async () => {
    const gzip = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
    const { images, digest } = await imageOf({ layers: [await good('one')], change: (descriptor) => Object.assign({ ...descriptor }, gzip) });
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-invalid' });
  });

  it('refuses an entrypoint that climbs out', async () => {
    const { images, digest } = await imageOf({ layers: [await good('one')], entrypoint: ['node', '/../../evil.js'] });
    await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-invalid' });
  });

  it.each<[string, Partial<Header> & { name: string; content?: string }]>([
    ['a path that climbs out', { name: '../evil', content: 'x' }],
    ['a path that climbs out in the middle', { name: 'app/../../evil', content: 'x' }],
    ['an absolute path', { name: '/tmp/evil', content: 'x' }],
    ['a path of another system', { name: 'app\\..\\evil', content: 'x' }],
    ['a drive', { name: 'app/C:evil', content: 'x' }],
    ['a symbolic link', { name: 'app/link', type: 'symlink', linkname: '/etc' }],
    ['a hard link', { name: 'app/link', type: 'link', linkname: '/etc/passwd' }],
    ['a device', { name: 'app/device', type: 'character-device' }],
    ['a pipe', { name: 'app/pipe', type: 'fifo' }],
    ['a white-out', { name: 'app/.wh.index.js', content: '' }],
  ])('refuses %s, and writes nothing outside', async (_what, header) => {
    const { images, digest } = await imageOf({ layers: [await tarOf(header)] });
    await expect(unpackImage(images, digest, { into: join(into, 'inner') })).rejects.toMatchObject({ code: 'image-invalid' });
    expect(await readdir(into, { recursive: true })).toEqual(['inner']);
  });

  it('refuses a layer that was cut, or that is no tar', async () => {
    const whole = await packLayer([{ path: 'a', content: new Uint8Array(4096).fill(7) }]);
    for (const layer of [whole.subarray(0, 2048), Buffer.alloc(1024, 'x')]) {
      const { images, digest } = await imageOf({ layers: [layer] });
      await expect(unpackImage(images, digest, { into })).rejects.toMatchObject({ code: 'image-invalid' });
    }
  });

  it('does not take a half-extracted folder for an image', async () => {
    const { images, digest } = await imageOf({ layers: [await good('one')] });
    await writeFile(join(into, `${hexOf(digest)}.left-over`), '');
    const { folder } = await unpackImage(images, digest, { into });
    expect(await readFile(join(folder, 'app/index.js'), 'utf8')).toBe('one');
  });
});
