import { describe, expect, it } from 'vitest';
import { parseS3Location } from './s3-location.ts';

describe('parseS3Location', () => {
  it.each([
    ['s3://bucket', { bucket: 'bucket', prefix: '', uri: 's3://bucket' }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '', uri: 's3://bucket' }],
    ['s3://my.bucket-1/a/b', { bucket: 'my.bucket-1', prefix: 'a/b/', uri: 's3://my.bucket-1/a/b' }],
    ['s3://bucket/a b/ä=1/', { bucket: 'bucket', prefix: 'a b/ä=1/', uri: 's3://bucket/a b/ä=1' }],
  ])('takes %s apart', (text, expected) => {
    expect(parseS3Location(text, 'store')).toEqual(expected);
  });

  it.each(['s3://', 's3:///a', 's3://Bucket/a', 's3://b/a', 's3://bucket//a', 's3://bucket/a/../b', 's3://bucket/./a', 's3://a..b/c', 's3://bucket/a\nb', 's3:bucket/a'])('refuses %j, naming what it was meant to be', (text) => {
    expect(() => parseS3Location(text, 'store')).toThrow(/^store is /);
  });
});
