import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { type BuiltImage, buildImage, layerDescriptor } from '../../src/packaging/image.ts';
import type { ImageRegistry } from '../../src/ports/image-registry.ts';

export interface ImageRegistryUnderTest {
  /** A new empty registry. */
  open(): Promise<ImageRegistry>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** An image whose blobs are there: a registry takes no other manifest. */
async function smallImage(registry: ImageRegistry, name: string): Promise<BuiltImage> {
  const layer = bytes(`layer of ${name}`);
  const image = buildImage({
    platform: { system: 'linux', architecture: 'x64' },
    layers: [layerDescriptor(layer)],
    entrypoint: ['node', '/app/server/index.js'],
    environment: {},
    labels: { name },
  });
  await registry.putBlob(digestOf(layer), layer);
  await registry.putBlob(image.config.digest, image.config.body);
  return image;
}

async function textOf(registry: ImageRegistry, digest: Digest): Promise<string> {
  return Buffer.from((await registry.readBlob(digest)) ?? []).toString('utf8');
}

/** What every image registry promises. */
export function imageRegistryContract(name: string, subject: ImageRegistryUnderTest): void {
  describe(`image registry contract: ${name}`, () => {
    afterEach(() => subject.close());

    it('stores blobs by digest, from bytes and from files', async () => {
      const registry = await subject.open();
      const folder = await mkdtemp(join(tmpdir(), 'contract-'));
      try {
        await writeFile(join(folder, 'layer'), 'from a file');
        await registry.putBlob(digestOf('from bytes'), bytes('from bytes'));
        await registry.putBlob(digestOf('from a file'), { path: join(folder, 'layer') });
        for (const text of ['from bytes', 'from a file']) {
          expect(await registry.hasBlob(digestOf(text))).toBe(true);
          expect(Buffer.from((await registry.readBlob(digestOf(text))) ?? []).toString('utf8')).toBe(text);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('answers no for a blob that is not there', async () => {
      const registry = await subject.open();
      expect(await registry.hasBlob(digestOf('x'))).toBe(false);
      expect(await registry.readBlob(digestOf('x'))).toBeUndefined();
      expect(await registry.resolveTag('model_v1')).toBeUndefined();
    });

    it('refuses bytes that are not those of the digest', async () => {
      const registry = await subject.open();
      await expect(registry.putBlob(digestOf('x'), bytes('y'))).rejects.toMatchObject({ code: 'image-corrupt' });
      expect(await registry.hasBlob(digestOf('x'))).toBe(false);
    });

    it('takes the same blob twice', async () => {
      const registry = await subject.open();
      await registry.putBlob(digestOf('x'), bytes('x'));
      await registry.putBlob(digestOf('x'), bytes('x'));
      expect(await textOf(registry, digestOf('x'))).toBe('x');
    });

    it('keeps a manifest by its digest, before any tag points to it', async () => {
      const registry = await subject.open();
      const { digest, manifest } = await smallImage(registry, 'one');
      expect(await registry.storeManifest(manifest)).toBe(digest);
      expect(await textOf(registry, digest)).toBe(Buffer.from(manifest).toString('utf8'));
      expect(await registry.resolveTag('model_v1')).toBeUndefined();
    });

    it('points a tag at a manifest once and for all', async () => {
      const registry = await subject.open();
      const one = await smallImage(registry, 'one');
      const two = await smallImage(registry, 'two');
      expect(await registry.putManifest('model_v1', one.manifest)).toBe(one.digest);
      expect(await registry.putManifest('model_v1', one.manifest)).toBe(one.digest);
      await expect(registry.putManifest('model_v1', two.manifest)).rejects.toMatchObject({ code: 'image-tag-taken' });
      expect(await registry.resolveTag('model_v1')).toBe(one.digest);
      expect(await textOf(registry, one.digest)).toBe(Buffer.from(one.manifest).toString('utf8'));
    });

    it('lets one of many concurrent writers have a tag', async () => {
      const registry = await subject.open();
      const images = await Promise.all(Array.from({ length: 12 }, (_, index) => smallImage(registry, `writer ${index}`)));
      const answers = await Promise.allSettled(images.map(({ manifest }) => registry.putManifest('model_v1', manifest)));
      const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(winners).toHaveLength(1);
      expect(await registry.resolveTag('model_v1')).toBe(winners[0]);
    });

    it('refuses what is no tag and no digest', async () => {
      const registry = await subject.open();
      await expect(registry.resolveTag('../evil')).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(registry.readBlob('sha256:../../etc/passwd')).rejects.toMatchObject({ code: 'input-invalid' });
    });
  });
}
