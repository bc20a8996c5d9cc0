import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../artifacts/canonical-json.ts';
import { type Digest, digestOf, digestOfFile, hexOf, isDigest, parseDigest, shortDigest } from '../../artifacts/digest.ts';
import { UserError } from '../../errors.ts';
import { mediaTypes } from '../../packaging/oci-schemas.ts';
import type { ImageRegistry } from '../../ports/image-registry.ts';
import { hasCode, publishFile, writeSynced } from '../artifact-store/publish-file.ts';
import { checkTag, tagPattern, tagTaken } from './image-tag.ts';

export interface OciLayoutOptions {
  readonly folder: string;
  /** As written in manifests, e.g. localhost/delay-ml. */
  readonly repository: string;
}

const tagRecordSchema = z.object({ digest: z.string(), size: z.number().int().nonnegative() });

/**
 * An OCI image layout (image-spec 1.1) in a folder, as skopeo, crane and podman read it.
 * A tag is a file under `tags/`, made by an exclusive link and never changed; index.json lists them for other tools and follows the tags.
 */
export class OciLayoutImageRegistry implements ImageRegistry {
  readonly repository: string;
  private readonly folder: string;
  private readonly temporaryFolder: string;

  constructor(options: OciLayoutOptions) {
    this.folder = resolve(options.folder);
    this.temporaryFolder = join(this.folder, 'temporary');
    this.repository = options.repository;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const path = this.blobPath(digest);
    return stat(path).then(
      (found) => found.isFile(),
      (error: unknown) => {
        if (hasCode(error, 'ENOENT')) return false;
        throw error;
      },
    );
  }

  async putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void> {
    const actual = source instanceof Uint8Array ? digestOf(source) : await digestOfFile(source.path);
    if (actual !== digest) throw corrupt('a blob to be stored', digest, actual);
    await publishFile({ temporaryFolder: this.temporaryFolder, target: this.blobPath(digest), content: source });
  }

  async readBlob(digest: string): Promise<Uint8Array | undefined> {
    const path = this.blobPath(digest);
    const body = await readIfThere(path);
    if (body !== undefined && digestOf(body) !== digest) throw corrupt(path, digest, digestOf(body));
    return body;
  }

  /** A layout has one store of blobs for all its images. */
  mountBlob(digest: string): Promise<boolean> {
    return this.hasBlob(digest);
  }

  async storeManifest(manifest: Uint8Array): Promise<string> {
    const digest = digestOf(manifest);
    await this.putBlob(digest, manifest);
    return digest;
  }

  async putManifest(tag: string, manifest: Uint8Array): Promise<string> {
    const digest = await this.storeManifest(manifest);
    const content = Buffer.from(`${canonicalJson({ digest, size: manifest.byteLength })}\n`);
    const answer = await publishFile({ temporaryFolder: this.temporaryFolder, target: this.tagPath(tag), content });
    if (answer === 'exists') {
      const present = await this.resolveTag(tag);
      if (present !== digest) throw tagTaken(`${this.repository}:${tag}`, present, digest);
    }
    await this.writeIndex();
    return digest;
  }

  async resolveTag(tag: string): Promise<string | undefined> {
    return (await this.readTag(tag))?.digest;
  }

  private async readTag(tag: string): Promise<{ digest: Digest; size: number } | undefined> {
    const path = this.tagPath(tag);
    const body = await readIfThere(path);
    if (body === undefined) return undefined;
    const record = parseTagRecord(body);
    if (record === undefined) throw new UserError('image-corrupt', `${path} is no tag`, { hint: 'Delete it and run register again: it writes the same tag.' });
    return record;
  }

  /** Rewritten until it holds every tag: of two writers at once the later one sees the other's tag. */
  private async writeIndex(): Promise<void> {
    const target = join(this.folder, 'index.json');
    await publishFile({ temporaryFolder: this.temporaryFolder, target: join(this.folder, 'oci-layout'), content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') });
    for (;;) {
      const index = await this.renderIndex();
      const present = await readIfThere(target);
      if (present !== undefined && index.equals(present)) return;
      const temporary = join(this.temporaryFolder, randomUUID());
      await mkdir(this.temporaryFolder, { recursive: true });
      try {
        await writeSynced(temporary, index);
        await rename(temporary, target);
      } finally {
        await rm(temporary, { force: true });
      }
    }
  }

  private async renderIndex(): Promise<Buffer> {
    const tags = (await readdir(join(this.folder, 'tags'))).filter((name) => tagPattern.test(name)).sort();
    const manifests = [];
    for (const tag of tags) {
      const record = await this.readTag(tag);
      if (record === undefined) continue;
      manifests.push({ mediaType: mediaTypes.manifest, digest: record.digest, size: record.size, annotations: { 'org.opencontainers.image.ref.name': tag } });
    }
    return Buffer.from(canonicalJson({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }));
  }

  private blobPath(digest: string): string {
    return join(this.folder, 'blobs', 'sha256', hexOf(parseDigest(digest, 'the digest of a blob')));
  }

  private tagPath(tag: string): string {
    checkTag(tag);
    return join(this.folder, 'tags', tag);
  }
}

function parseTagRecord(body: Uint8Array): { digest: Digest; size: number } | undefined {
  try {
    const record = tagRecordSchema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    return isDigest(record.digest) ? { digest: record.digest, size: record.size } : undefined;
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

function corrupt(where: string, expected: string, actual: string): UserError {
  return new UserError('image-corrupt', `${where} has SHA-256 ${shortDigest(actual)}… but is named ${shortDigest(expected)}…`, {
    hint: 'Someone changed or cut the blob. Delete it and run register again: it pushes what is missing.',
  });
}
