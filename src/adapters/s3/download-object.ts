import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadCondition, S3Bucket } from './s3-bucket.ts';

export interface DownloadedObject {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

export interface Download {
  readonly key: string;
  /** Where the file will be; its folder is made. */
  readonly path: string;
  readonly condition: ReadCondition;
}

/** Brings an object to a file, hashed while it is written. The file appears whole or not at all. */
export async function downloadObject(bucket: S3Bucket, { key, path, condition }: Download): Promise<DownloadedObject | 'missing' | 'unchanged' | 'changed'> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const found = await bucket.get(key, condition, async (body) => {
      const hash = createHash('sha256');
      let size = 0;
      const count = new Transform({
        transform: (piece: Buffer, _encoding, done) => {
          hash.update(piece);
          size += piece.length;
          done(null, piece);
        },
      });
      await pipeline(body, count, createWriteStream(temporary));
      return { result: { digest: `sha256:${hash.digest('hex')}`, size }, size };
    });
    if (typeof found === 'string') return found;
    await rename(temporary, path);
    return { ...found.result, etag: found.etag };
  } finally {
    await rm(temporary, { force: true });
  }
}
