import type { S3Client } from '@aws-sdk/client-s3';
import { type Environment, setting } from '../environment.ts';
import type { LogSink } from './log-sink.ts';

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
}

/** Give up a write after this: its rows stay in memory and go with the next one. */
const requestTimeout = 20_000;

/**
 * Writes every file as one object. Credentials, region and endpoint are the environment's (AWS_REGION, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, web identity …);
 * with an endpoint of one's own, buckets are in the path. The SDK is loaded with the first file: a service that logs elsewhere never pays for it.
 */
export function s3Sink({ bucket, prefix }: S3Location, environment: Environment): LogSink {
  let opened: Promise<(key: string, body: Buffer) => Promise<void>> | undefined;
  return {
    write: async (day, name, chunks) => {
      const parts: Buffer[] = [];
      for await (const chunk of chunks) parts.push(Buffer.from(chunk));
      opened ??= openBucket(bucket, environment);
      const put = await opened;
      await put([prefix, day, name].filter(Boolean).join('/'), Buffer.concat(parts));
    },
  };
}

async function openBucket(bucket: string, environment: Environment): Promise<(key: string, body: Buffer) => Promise<void>> {
  const { PutObjectCommand, S3Client: Client } = await import('@aws-sdk/client-s3');
  const endpoint = setting(environment, 'AWS_ENDPOINT_URL_S3') ?? setting(environment, 'AWS_ENDPOINT_URL');
  const region = setting(environment, 'AWS_REGION') ?? setting(environment, 'AWS_DEFAULT_REGION');
  const client: S3Client = new Client({
    ...(region && { region }),
    ...(endpoint && { endpoint, forcePathStyle: true, region: region ?? 'us-east-1' }),
    maxAttempts: 3,
    customUserAgent: 'taxiway-serving',
    requestHandler: { connectionTimeout: 5000, requestTimeout, throwOnRequestTimeout: true },
  });
  return async (key, body) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/x-ndjson' }));
  };
}
