import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/artifacts/digest.ts';
import type { ImageRegistry } from '../../src/ports/image-registry.ts';

export interface ImageRegistryUnderTest {
  /** A new empty registry. */
  open(): Promise<ImageRegistry>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

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

    it('points a tag at a manifest once and for all', async () => {
      const registry = await subject.open();
      expect(await registry.putManifest('model_v1', bytes('{"a":1}'))).toBe(digestOf('{"a":1}'));
      expect(await registry.putManifest('model_v1', bytes('{"a":1}'))).toBe(digestOf('{"a":1}'));
      await expect(registry.putManifest('model_v1', bytes('{"a":2}'))).rejects.toMatchObject({ code: 'image-tag-taken' });
      expect(await registry.resolveTag('model_v1')).toBe(digestOf('{"a":1}'));
      expect(Buffer.from((await registry.readBlob(digestOf('{"a":1}'))) ?? []).toString('utf8')).toBe('{"a":1}');
    });

    it('lets one of many concurrent writers have a tag', async () => {
      const registry = await subject.open();
      const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => registry.putManifest('model_v1', bytes(`{"writer":${index}}`))));
      const winners = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      expect(winners).toHaveLength(1);
      expect(await registry.resolveTag('model_v1')).toBe(winners[0]);
    });
  });
}
