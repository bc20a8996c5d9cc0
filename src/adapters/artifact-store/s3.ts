import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';
import { checkStoreKey, checkStorePrefix, isStoreKey } from '../../artifacts/store-key.ts';
import type { PrunableArtifactStore, StoredEntry, StoredObject } from '../../ports/artifact-store.ts';
import type { S3ClientOptions } from '../s3/create-s3-client.ts';
import { downloadObject } from '../s3/download-object.ts';
import { putObject } from '../s3/put-object.ts';
import { S3Bucket } from '../s3/s3-bucket.ts';
import type { S3Location } from '../s3/s3-location.ts';

export interface S3ArtifactStoreOptions {
  /** Where objects that are asked for as local files are kept; made when it is needed. */
  cacheFolder(): string;
  readonly client?: S3ClientOptions;
}

interface CachedFile {
  readonly path: string;
  readonly etag: string;
}

/**
 * An artefact store below a prefix of an S3 bucket. Create-only and compare-and-swap are S3's conditional writes (If-None-Match, If-Match), so
 * what decides a race is the server. Uploads of large files that were cut off are never visible; a lifecycle rule of the bucket
 * (AbortIncompleteMultipartUpload) frees their space.
 */
export class S3ArtifactStore implements PrunableArtifactStore {
  readonly uri: string;
  private readonly bucket: S3Bucket;
  private readonly options: S3ArtifactStoreOptions;
  private readonly cached = new Map<string, Promise<CachedFile | undefined>>();

  constructor(location: S3Location, options: S3ArtifactStoreOptions) {
    this.uri = location.uri;
    this.options = options;
    this.bucket = new S3Bucket(location, 'store', options.client);
  }

  async read(key: string): Promise<StoredObject | undefined> {
    checkStoreKey(key);
    const found = await this.bucket.get(key, {}, async (stream) => {
      const body = await buffer(stream);
      return { result: body, size: body.byteLength };
    });
    return typeof found === 'string' ? undefined : { body: found.result, etag: found.etag };
  }

  async create(key: string, body: Uint8Array): Promise<'created' | 'exists'> {
    checkStoreKey(key);
    return (await putObject(this.bucket, key, { body, condition: { IfNoneMatch: '*' } })) === undefined ? 'exists' : 'created';
  }

  async createFromFile(key: string, path: string): Promise<'created' | 'exists'> {
    checkStoreKey(key);
    // Most of what is written again is there already: ask before sending it all.
    if ((await this.bucket.head(key)) !== undefined) return 'exists';
    return (await putObject(this.bucket, key, { body: { path }, condition: { IfNoneMatch: '*' } })) === undefined ? 'exists' : 'created';
  }

  async replace(key: string, body: Uint8Array, expected: string | null): Promise<string | undefined> {
    checkStoreKey(key);
    return putObject(this.bucket, key, { body, condition: expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected } });
  }

  async list(prefix: string): Promise<readonly string[]> {
    return (await this.entries(prefix)).map(({ key }) => key);
  }

  async entries(prefix: string): Promise<readonly StoredEntry[]> {
    checkStorePrefix(prefix);
    const found = await this.bucket.list(prefix);
    return found.filter(({ key }) => isStoreKey(key)).map(({ key, size, modified }) => ({ key, size, modified }));
  }

  async remove(key: string): Promise<void> {
    checkStoreKey(key);
    await this.bucket.remove(key);
  }

  /** Asked for again, an object is brought again only if it has changed. */
  async localFile(key: string): Promise<string | undefined> {
    checkStoreKey(key);
    const earlier = this.cached.get(key) ?? Promise.resolve(undefined);
    // One after the other, so that two who ask at once share one download; a failure is the asker's and not the next one's.
    const next = earlier.catch(() => undefined).then((known) => this.bring(key, known));
    this.cached.set(key, next);
    return (await next)?.path;
  }

  private async bring(key: string, known: CachedFile | undefined): Promise<CachedFile | undefined> {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
    // A new name for a new content: who opened the earlier file keeps what was read.
    const path = join(this.options.cacheFolder(), `${name}-${known === undefined ? 1 : Number(known.path.split('-').at(-1)) + 1}`);
    const found = await downloadObject(this.bucket, { key, path, condition: known === undefined ? {} : { ifNoneMatch: known.etag } });
    if (found === 'unchanged') return known;
    return typeof found === 'string' ? undefined : { path, etag: found.etag };
  }
}
