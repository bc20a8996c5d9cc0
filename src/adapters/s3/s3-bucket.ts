import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { UserError } from '../../errors.ts';
import { createS3Client, type S3ClientOptions } from './create-s3-client.ts';
import { readS3Failure, type S3Failure, type S3Purpose, type S3Request, s3UserError } from './s3-error.ts';
import type { S3Location } from './s3-location.ts';

export interface S3Object {
  /** Without the location's prefix. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  /** Milliseconds since the Unix epoch. */
  readonly modified: number;
}

export type ReadCondition = { readonly ifMatch?: string } | { readonly ifNoneMatch?: string };

/** How often an object is asked for whose answer broke off; the SDK itself retries only until an answer begins. */
const bodyAttempts = 4;
const firstPause = 200;

/** Objects below a prefix of a bucket. Keys are without the prefix; errors are UserErrors of the purpose. */
export class S3Bucket {
  readonly location: S3Location;
  readonly purpose: S3Purpose;
  private readonly options: S3ClientOptions;
  private opened: Promise<S3> | undefined;

  constructor(location: S3Location, purpose: S3Purpose, options: S3ClientOptions = {}) {
    this.location = location;
    this.purpose = purpose;
    this.options = options;
  }

  client(): Promise<S3> {
    this.opened ??= createS3Client(this.options);
    return this.opened;
  }

  /** Bucket and key as requests name them. */
  address(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.location.bucket, Key: `${this.location.prefix}${key}` };
  }

  uriOf(key: string): string {
    return key === '' ? this.location.uri : `${this.location.uri}/${key}`;
  }

  /** What to throw for an error of the SDK. */
  failure(error: unknown, key: string, action: S3Request['action']): unknown {
    return s3UserError(error, { purpose: this.purpose, uri: this.uriOf(key), action });
  }

  /**
   * Gives an object's bytes to `consume`, again from the start where they break off.
   * @returns what consume made of them; `missing` for 404, `unchanged` for 304, `changed` for 412
   */
  async get<Result>(key: string, condition: ReadCondition, consume: (body: Readable) => Promise<{ result: Result; size: number }>): Promise<{ result: Result; etag: string } | 'missing' | 'unchanged' | 'changed'> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.begin(key, condition);
      if (typeof answer === 'string') return answer;
      const expected = answer.ContentLength;
      try {
        const { result, size } = await consume(answer.Body as Readable);
        if (expected !== undefined && size !== expected) throw new BrokenOff(`${size} of ${expected} bytes came`);
        return { result, etag: answer.ETag ?? '' };
      } catch (error) {
        if (!isBrokenOff(error)) throw error;
        if (attempt === bodyAttempts) throw this.brokenOff(key, error);
      }
      await pause(firstPause * 2 ** (attempt - 1));
    }
  }

  /** Size, entity tag and metadata; undefined for 404. */
  async head(key: string): Promise<{ etag: string; metadata: Readonly<Record<string, string>> } | undefined> {
    const client = await this.client();
    try {
      const { ETag = '', Metadata = {} } = await client.headObject(this.address(key));
      return { etag: ETag, metadata: Metadata };
    } catch (error) {
      if (isMissing(readS3Failure(error))) return undefined;
      throw this.failure(error, key, 'read');
    }
  }

  /** All objects whose keys begin with the prefix, sorted by code unit. */
  async list(prefix: string): Promise<readonly S3Object[]> {
    const client = await this.client();
    const { bucket, prefix: own } = this.location;
    const found: S3Object[] = [];
    let token: string | undefined;
    do {
      const page = await client.listObjectsV2({ Bucket: bucket, Prefix: `${own}${prefix}`, ContinuationToken: token }).catch((error: unknown) => {
        throw this.failure(error, prefix, 'listed');
      });
      for (const { Key, Size = 0, ETag = '', LastModified } of page.Contents ?? []) {
        if (Key !== undefined) found.push({ key: Key.slice(own.length), size: Size, etag: ETag, modified: LastModified?.getTime() ?? 0 });
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    // Servers sort by UTF-8 bytes, if at all.
    return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  async remove(key: string): Promise<void> {
    const client = await this.client();
    try {
      await client.deleteObject(this.address(key));
    } catch (error) {
      if (!isMissing(readS3Failure(error))) throw this.failure(error, key, 'removed');
    }
  }

  private async begin(key: string, condition: ReadCondition) {
    const client = await this.client();
    try {
      return await client.getObject({
        ...this.address(key),
        ...('ifMatch' in condition ? { IfMatch: condition.ifMatch } : {}),
        ...('ifNoneMatch' in condition ? { IfNoneMatch: condition.ifNoneMatch } : {}),
      });
    } catch (error) {
      const failure = readS3Failure(error);
      if (failure?.status === 304) return 'unchanged';
      if (failure?.status === 412) return 'changed';
      if (isMissing(failure)) return 'missing';
      throw this.failure(error, key, 'read');
    }
  }

  private brokenOff(key: string, error: unknown): UserError {
    const why = error instanceof Error ? error.message : String(error);
    return new UserError(`${this.purpose}-unavailable`, `${this.uriOf(key)} cannot be read: the answer broke off ${bodyAttempts} times (${why})`, {
      hint: 'Check the network and run the step again; what is whole is kept.',
    });
  }
}

/** 404 for the object itself: a missing bucket is an error. */
export function isMissing(failure: S3Failure | undefined): boolean {
  return failure?.status === 404 && failure.code !== 'NoSuchBucket' && failure.code !== 'NoSuchUpload';
}

class BrokenOff extends Error {}

/** Whether the bytes stopped coming or came wrong; what goes wrong in writing them down is another thing. */
function isBrokenOff(error: unknown): boolean {
  if (error instanceof BrokenOff) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(code)) ||
    error.name === 'TimeoutError' ||
    error.message === 'aborted' ||
    error.message.startsWith('Checksum mismatch') ||
    error.message.startsWith('Connection lost or stream closed')
  );
}
