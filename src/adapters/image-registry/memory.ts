import { readFile } from 'node:fs/promises';
import { digestOf, parseDigest } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import type { ImageRegistry } from '../../ports/image-registry.ts';
import { checkTag } from './image-tag.ts';

/** The in-memory twin of the image registries, for tests. */
export class MemoryImageRegistry implements ImageRegistry {
  readonly repository = 'localhost/delay-ml';
  readonly blobs = new Map<string, Uint8Array>();
  readonly tags = new Map<string, string>();

  async hasBlob(digest: string): Promise<boolean> {
    return this.blobs.has(digest);
  }

  async putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void> {
    const body = source instanceof Uint8Array ? Uint8Array.from(source) : await readFile(source.path);
    if (digestOf(body) !== digest) throw new UserError('image-corrupt', `not the bytes of ${digest}`);
    this.blobs.set(digest, body);
  }

  async readBlob(digest: string): Promise<Uint8Array | undefined> {
    const body = this.blobs.get(parseDigest(digest, 'the digest of a blob'));
    if (body !== undefined && digestOf(body) !== digest) throw new UserError('image-corrupt', `not the bytes of ${digest}`);
    return body;
  }

  mountBlob(digest: string): Promise<boolean> {
    return this.hasBlob(digest);
  }

  async storeManifest(manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    await this.putBlob(digest, manifest);
    return digest;
  }

  async putManifest(tag: string, manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    const present = this.tags.get(tag);
    if (present !== undefined && present !== digest) throw new UserError('image-tag-taken', `${tag} points to ${present}`);
    this.tags.set(tag, digest);
    await this.putBlob(digest, manifest);
    return digest;
  }

  async resolveTag(tag: string): Promise<string | undefined> {
    checkTag(tag);
    return this.tags.get(tag);
  }
}
