import type { S3 } from '@aws-sdk/client-s3';

export interface S3ClientOptions {
  /** Milliseconds until a server must have begun to answer, and between two pieces of an answer. */
  readonly answerTimeout?: number;
  /** How often a request is sent, the first time included. */
  readonly attempts?: number;
}

/**
 * A client for whatever speaks S3: credentials by AWS's default chain (environment, profile, web identity, instance), region and endpoint from
 * AWS_REGION, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL; with an endpoint of one's own, buckets are in the path, for most such servers have no DNS
 * name per bucket. Throttled, cut and 5xx answers are retried with growing, jittered pauses. What is sent carries a CRC-32 unless the environment
 * says AWS_REQUEST_CHECKSUM_CALCULATION=when_required, and what comes with a checksum is checked against it.
 *
 * The SDK is loaded here and not at the start: most runs never speak to S3, and loading it takes a tenth of a second and more.
 */
export async function createS3Client({ answerTimeout = 60_000, attempts = 6 }: S3ClientOptions = {}): Promise<S3> {
  const sdk = await import('@aws-sdk/client-s3');
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  return new sdk.S3({
    // Without either, the SDK reads them from the profile.
    ...(region === undefined || region === '' ? {} : { region }),
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint, forcePathStyle: true, ...(region === undefined ? { region: 'us-east-1' } : {}) }),
    maxAttempts: attempts,
    retryMode: 'standard',
    customUserAgent: 'taxiway',
    requestHandler: { connectionTimeout: 10_000, requestTimeout: answerTimeout, throwOnRequestTimeout: true, socketTimeout: answerTimeout },
  });
}
