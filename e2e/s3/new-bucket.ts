import { randomUUID } from 'node:crypto';
import { createS3Client } from '../../src/adapters/s3/create-s3-client.ts';
import { parseS3Location, type S3Location } from '../../src/adapters/s3/s3-location.ts';

/** A place of its own in a new bucket of the server that the environment names. */
export async function newLocation(prefix = 'some/prefix'): Promise<S3Location> {
  const bucket = `e2e-${randomUUID()}`;
  const client = await createS3Client();
  await client.createBucket({ Bucket: bucket });
  client.destroy();
  return parseS3Location(`s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`, 'test');
}
