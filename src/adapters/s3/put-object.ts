import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../errors.ts';
import { isMissing, type S3Bucket } from './s3-bucket.ts';
import { readS3Failure } from './s3-error.ts';

/** Exactly one of both: the key is new, or the object is the one last read. */
export type WriteCondition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };

/** Larger files are sent in parts of this size, or larger where there would be more than 10,000 of them (the most S3 takes). */
const partSize = 8 * 2 ** 20;
const mostParts = 10_000;
const parallelParts = 4;

const conflictAttempts = 8;
const firstPause = 50;

/**
 * Every write carries a mark of its own. Where an answer was lost and the request sent again, the server refuses the second one; the mark then
 * tells our own first write from that of somebody else, even where both have the same bytes.
 */
const markName = 'taxiway-write';

/**
 * Writes an object under a condition.
 * @returns the new entity tag, or undefined where the condition does not hold
 */
export async function putObject(bucket: S3Bucket, key: string, write: { readonly body: Uint8Array | { readonly path: string }; readonly condition: WriteCondition }): Promise<string | undefined> {
  const { body, condition } = write;
  const mark = randomUUID();
  const send = await senderOf(bucket, body);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send({ ...bucket.address(key), ...condition, Metadata: { [markName]: mark } });
    } catch (error) {
      const failure = readS3Failure(error);
      if (failure === undefined) throw error;
      const refused = failure.status === 412 || (isMissing(failure) && 'IfMatch' in condition);
      // 409: another conditional write is under way. NoSuchUpload: the answer to an upload's completion was lost, or S3 gave it up.
      const unsettled = failure.status === 409 || failure.code === 'NoSuchUpload';
      if (!refused && !unsettled) throw bucket.failure(error, key, 'written');
      if (failure.attempts > 1 || attempt > 1 || failure.code === 'NoSuchUpload') {
        const found = await bucket.head(key);
        if (found?.metadata[markName] === mark) return found.etag;
      }
      if (refused) return undefined;
      if (attempt === conflictAttempts) throw conflicting(bucket, key);
    }
    await pause(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  }
}

type Sender = (request: { Bucket: string; Key: string; Metadata: Record<string, string>; IfMatch?: string; IfNoneMatch?: string }) => Promise<string>;

async function senderOf(bucket: S3Bucket, body: Uint8Array | { readonly path: string }): Promise<Sender> {
  const client = await bucket.client();
  const size = body instanceof Uint8Array ? body.byteLength : (await stat(body.path)).size;
  if (body instanceof Uint8Array || size <= partSize) {
    const bytes = body instanceof Uint8Array ? body : await readFile(body.path);
    return async (request) => (await client.putObject({ ...request, Body: bytes })).ETag ?? '';
  }
  const { Upload } = await import('@aws-sdk/lib-storage');
  return async (request) => {
    // The condition is judged when the upload is completed; until then nothing of it is visible.
    const stream = createReadStream(body.path, { highWaterMark: 2 ** 20 });
    try {
      const upload = new Upload({ client, params: { ...request, Body: stream, ContentLength: size }, partSize: Math.max(partSize, Math.ceil(size / mostParts)), queueSize: parallelParts });
      return (await upload.done()).ETag ?? '';
    } finally {
      stream.destroy();
    }
  };
}

function conflicting(bucket: S3Bucket, key: string): UserError {
  return new UserError(`${bucket.purpose}-unavailable`, `${bucket.uriOf(key)} cannot be written: others kept writing it at the same time (409, ${conflictAttempts} attempts)`, { hint: 'Run the step again.' });
}
