import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { S3DataFolder } from '../../src/adapters/data-folder/s3.ts';
import { createS3Client } from '../../src/adapters/s3/create-s3-client.ts';
import type { S3Location } from '../../src/adapters/s3/s3-location.ts';
import { artifactStoreContract } from '../../test/contract/artifact-store.ts';
import { dataFolderContract } from '../../test/contract/data-folder.ts';
import { newLocation } from './new-bucket.ts';

const caches: string[] = [];

async function openStore(location: S3Location): Promise<S3ArtifactStore> {
  const cache = await mkdtemp(join(tmpdir(), 'e2e-cache-'));
  caches.push(cache);
  return new S3ArtifactStore(location, { cacheFolder: () => cache });
}

async function close(): Promise<void> {
  for (const cache of caches.splice(0)) await rm(cache, { recursive: true, force: true });
}

artifactStoreContract('S3', { open: async () => openStore(await newLocation()), close });
artifactStoreContract('S3, a whole bucket', { open: async () => openStore(await newLocation('')), close });

let location: S3Location | undefined;

async function address(name: string): Promise<{ Bucket: string; Key: string }> {
  location ??= await newLocation();
  return { Bucket: location.bucket, Key: `${location.prefix}${name}` };
}

dataFolderContract('S3', {
  open: async (files, workDirectory) => {
    location = await newLocation();
    const client = await createS3Client();
    for (const [name, text] of Object.entries(files)) await client.putObject({ ...(await address(name)), Body: Buffer.from(text) });
    return new S3DataFolder(location, { workDirectory });
  },
  write: async (name, text) => {
    await (await createS3Client()).putObject({ ...(await address(name)), Body: Buffer.from(text) });
  },
  remove: async (name) => {
    await (await createS3Client()).deleteObject(await address(name));
  },
  close: () => Promise.resolve(),
});

describe('S3 among writers', () => {
  it('lets one of forty processes of writers win in each of twelve rounds', async () => {
    const place = await newLocation();
    const stores = await Promise.all(Array.from({ length: 40 }, () => openStore(place)));
    let etag: string | null = null;
    for (let round = 0; round < 12; round += 1) {
      const seen: string | null = etag;
      const created = await Promise.all(stores.map((store, writer) => store.create(`round/${round}`, Buffer.from(`writer ${writer}`))));
      expect(created.filter((answer) => answer === 'created')).toHaveLength(1);
      const replaced = await Promise.all(stores.map((store, writer) => store.replace('pointer', Buffer.from(`${round} ${writer}`), seen)));
      const winner = replaced.findIndex((answer) => answer !== undefined);
      expect(replaced.filter((answer) => answer !== undefined)).toHaveLength(1);
      const stored = await stores[0]?.read('pointer');
      expect(Buffer.from(stored?.body ?? []).toString()).toBe(`${round} ${winner}`);
      etag = stored?.etag ?? null;
    }
    await close();
  });
});
