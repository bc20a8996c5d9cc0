import { describe, expect, it } from 'vitest';
import { openDataFolder } from './open-data-folder.ts';

describe('openDataFolder', () => {
  it('opens a folder, a file URI or a bucket', () => {
    expect(openDataFolder('/srv/data', '/tmp').uri).toBe('file:///srv/data');
    expect(openDataFolder('file:///srv/data%20set', '/tmp').uri).toBe('file:///srv/data%20set');
    expect(openDataFolder('s3://bucket/data/', '/tmp').uri).toBe('s3://bucket/data');
  });

  it.each(['https://host.example/data', 'S3://bucket/data', 'file://srv/data', 's3://Bucket'])('refuses %s and says what is allowed', (root) => {
    expect(() => openDataFolder(root, '/tmp')).toThrow(/the data root is/);
  });
});
