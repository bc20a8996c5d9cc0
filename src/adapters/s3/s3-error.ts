import { type ErrorCode, UserError } from '../../errors.ts';

/** What is asked of S3: `source` for what a pipeline reads, `store` for the artefact store. */
export type S3Purpose = 'source' | 'store';

export interface S3Request {
  readonly purpose: S3Purpose;
  /** What it is about: s3://bucket/key. */
  readonly uri: string;
  readonly action: 'read' | 'listed' | 'written' | 'removed';
}

export interface S3Failure {
  /** Absent where no answer came. */
  readonly status: number | undefined;
  /** S3's error code, or the name the SDK or Node gives. */
  readonly code: string;
  /** How often the request was sent. */
  readonly attempts: number;
  /** The region that the answer names, where it is about the wrong one. */
  readonly region: string | undefined;
}

const expired = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'];
const invalid = ['InvalidAccessKeyId', 'InvalidToken', 'SignatureDoesNotMatch', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidSignatureException', 'AuthFailure'];
const missing = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];
const skewed = ['RequestTimeTooSkewed', 'RequestInTheFuture'];
const elsewhere = ['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];
const timeouts = ['TimeoutError', 'RequestTimeout', 'ETIMEDOUT', 'ESOCKETTIMEDOUT'];

/** The facts of an error that the SDK threw; undefined where it is none of the SDK's or the network's, and so a bug. */
export function readS3Failure(error: unknown): S3Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const found = error as Error & { Code?: unknown; code?: unknown; $metadata?: { httpStatusCode?: number; attempts?: number }; $response?: { statusCode?: number; headers?: Record<string, string> }; Region?: unknown };
  const status = found.$metadata?.httpStatusCode ?? found.$response?.statusCode;
  const network = typeof found.code === 'string' ? found.code : undefined;
  const own = missing.includes(error.name) || timeouts.includes(error.name) || error.message === 'Region is missing' || error.message.startsWith('Checksum mismatch');
  if (status === undefined && network === undefined && !own) return undefined;
  const region = found.$response?.headers?.['x-amz-bucket-region'] ?? found.Region;
  return {
    status,
    // The SDK calls a connection that was reset a TimeoutError, too.
    code: error.message === 'Region is missing' ? 'RegionMissing' : status === undefined && network !== undefined ? network : error.name,
    attempts: found.$metadata?.attempts ?? 1,
    region: typeof region === 'string' && /^[a-z0-9-]+$/.test(region) ? region : undefined,
  };
}

/**
 * What S3 said, for people. Only codes and statuses are repeated, never the answer's text, which may quote keys and signatures.
 * @returns what to throw: an error that is not of S3 or the network comes back as it is
 */
export function s3UserError(error: unknown, request: S3Request): unknown {
  if (error instanceof UserError) return error;
  const failure = readS3Failure(error);
  if (failure === undefined) return error;
  const { status, code } = failure;
  const say = (kind: 'denied' | 'unavailable' | 'missing', why: string, hint: string): UserError => new UserError(errorCode(request.purpose, kind), `${request.uri} cannot be ${request.action}: ${why}`, { hint });
  const answer = [status, /^[A-Za-z0-9_.]+$/.test(code) ? code : undefined].filter((part) => part !== undefined).join(' ');

  if (code === 'RegionMissing') return new UserError('input-invalid', `${request.uri} cannot be ${request.action}: no AWS region is set`, { hint: 'Set AWS_REGION to the region of the bucket.' });
  if (missing.includes(code)) return say('denied', 'no credentials were found', 'Give the job credentials: environment variables, a profile or a role (e.g. aws-actions/configure-aws-credentials).');
  if (expired.includes(code)) return say('denied', `the credentials have expired (${answer})`, 'Renew the credentials and run the step again; what it wrote is kept.');
  if (invalid.includes(code)) return say('denied', `the credentials are not valid there (${answer})`, 'Check which credentials the job has, and that they belong to this endpoint.');
  if (skewed.includes(code)) return say('denied', `this machine’s clock differs too much from the server’s (${answer})`, 'Set the clock.');
  if (status === 301 || status === 307 || elsewhere.includes(code)) {
    const where = failure.region === undefined ? 'in another region' : `in the region ${failure.region}`;
    return say('unavailable', `the bucket is ${where} (${answer})`, `Set AWS_REGION to ${failure.region ?? 'the region of the bucket'}.`);
  }
  if (code === 'NoSuchBucket') return say('missing', 'there is no such bucket', 'Correct the name of the bucket, or make it.');
  if (status === 401 || status === 403) {
    return say('denied', `access is denied (${answer})`, `Let the role ${needed[request.action]} there. Without s3:ListBucket, S3 denies also what is only missing.`);
  }
  const after = failure.attempts > 1 ? ` after ${failure.attempts} attempts` : '';
  if (status === 429 || code === 'SlowDown') return say('unavailable', `the server asks to slow down (${answer})${after}`, 'Run the step again later; what it wrote is kept.');
  if (timeouts.includes(code)) return say('unavailable', `the server does not answer in time${after}`, 'Check the endpoint (AWS_ENDPOINT_URL_S3) and the network, and run the step again.');
  if (status === undefined) return say('unavailable', `the connection failed (${answer})${after}`, 'Check the endpoint (AWS_ENDPOINT_URL_S3) and the network, and run the step again.');
  if (status < 300) return say('unavailable', `the server’s answer is not understood (${answer})${after}`, 'Check that AWS_ENDPOINT_URL_S3 names a server that speaks S3.');
  return say('unavailable', `the server answers ${answer}${after}`, 'Run the step again; if it stays so, look the code up in the server’s documentation.');
}

const needed: Readonly<Record<S3Request['action'], string>> = { read: 's3:GetObject', listed: 's3:ListBucket', written: 's3:PutObject', removed: 's3:DeleteObject' };

function errorCode(purpose: S3Purpose, kind: 'denied' | 'unavailable' | 'missing'): ErrorCode {
  if (kind === 'missing') return purpose === 'source' ? 'source-missing' : 'store-missing';
  return `${purpose}-${kind}`;
}
