import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.ts';
import { readS3Failure, s3UserError } from './s3-error.ts';

const request = { purpose: 'source', uri: 's3://bucket/key', action: 'read' } as const;

function sdkError(name: string, status?: number, extra: object = {}): Error {
  return Object.assign(new Error(`${name} for AKIAEXAMPLE`), { name, $metadata: status === undefined ? {} : { httpStatusCode: status, attempts: 1 }, AWSAccessKeyId: 'AKIAEXAMPLE', ...extra });
}

describe('s3UserError', () => {
  it.each([
    ['AccessDenied', 403, 'source-denied'],
    ['ExpiredToken', 400, 'source-denied'],
    ['InvalidAccessKeyId', 403, 'source-denied'],
    ['Unauthorized', 401, 'source-denied'],
    ['NoSuchBucket', 404, 'source-missing'],
    ['PermanentRedirect', 301, 'source-unavailable'],
    ['SlowDown', 503, 'source-unavailable'],
    ['InternalError', 500, 'source-unavailable'],
    ['TimeoutError', undefined, 'source-unavailable'],
    ['CredentialsProviderError', undefined, 'source-denied'],
  ] as const)('says what %s is, and repeats nothing that the server wrote', (name, status, code) => {
    const mapped = s3UserError(sdkError(name, status), request);
    expect(mapped).toBeInstanceOf(UserError);
    expect(mapped).toMatchObject({ code, message: expect.stringContaining('s3://bucket/key cannot be read: ') as unknown });
    expect((mapped as UserError).cause).toBeUndefined();
    expect(`${String(mapped)} ${(mapped as UserError).hint}`).not.toContain('AKIA');
  });

  it('takes the codes of its purpose', () => {
    expect(s3UserError(sdkError('AccessDenied', 403), { ...request, purpose: 'store' })).toMatchObject({ code: 'store-denied' });
    expect(s3UserError(sdkError('NoSuchBucket', 404), { ...request, purpose: 'store' })).toMatchObject({ code: 'store-missing' });
  });

  it('names the region of a bucket that lies elsewhere, if it is one', () => {
    const from = (region: string): unknown => s3UserError(sdkError('PermanentRedirect', 301, { $response: { headers: { 'x-amz-bucket-region': region } } }), request);
    expect(from('eu-central-1')).toMatchObject({ message: expect.stringContaining('eu-central-1') as unknown, hint: 'Set AWS_REGION to eu-central-1.' });
    expect(String(from('::error::x'))).not.toContain('::error');
  });

  it('repeats no code that is none', () => {
    expect(String(s3UserError(sdkError('Evil\n::error::', 400), request))).not.toContain('::error');
  });

  it('leaves alone what is of neither S3 nor the network: it is a bug, and must be seen as one', () => {
    const bug = new TypeError('x is not a function');
    expect(s3UserError(bug, request)).toBe(bug);
    expect(readS3Failure(bug)).toBeUndefined();
    const own = new UserError('window-empty', 'no rows');
    expect(s3UserError(own, request)).toBe(own);
  });
});
