import { UserError } from '../../errors.ts';

/** A bucket and what the keys in it begin with. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or ends with '/'. */
  readonly prefix: string;
  /** s3://bucket or s3://bucket/prefix, without a slash at its end. */
  readonly uri: string;
}

/** Bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const form = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s;

/**
 * @param what names the place the text comes from, for the message
 * @throws UserError input-invalid
 */
export function parseS3Location(text: string, what: string): S3Location {
  const [, bucket, path = ''] = form.exec(text) ?? [];
  const prefix = path.replace(/\/$/, '');
  const segments = prefix === '' ? [] : prefix.split('/');
  if (bucket === undefined || bucket.includes('..') || segments.some((part) => part === '' || part === '.' || part === '..' || /\p{Cc}/u.test(part))) {
    throw new UserError('input-invalid', `${what} is ${JSON.stringify(text)}; allowed: s3://bucket or s3://bucket/prefix, without empty parts, '.' or '..'`, {
      hint: 'Bucket names are 3 to 63 lower-case letters, digits, dots and hyphens.',
    });
  }
  return { bucket, prefix: segments.map((part) => `${part}/`).join(''), uri: ['s3:/', bucket, ...segments].join('/') };
}
