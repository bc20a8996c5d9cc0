import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { MemoryImageRegistry } from '../../src/adapters/image-registry/memory.ts';
import type { S3Location } from '../../src/adapters/s3/s3-location.ts';
import { digestOf } from '../../src/artifacts/digest.ts';
import { UserError } from '../../src/errors.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import { register } from '../../src/steps/register.ts';
import { createRegisterScene, type RegisterScene } from '../../test/builders/register-scene.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { newLocation } from './new-bucket.ts';

let folder = '';
let location: S3Location;
let store: S3ArtifactStore;
let scene: RegisterScene;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'e2e-register-'));
  location = await newLocation();
  store = new S3ArtifactStore(location, { cacheFolder: () => folder });
  scene = await createRegisterScene();
  await store.list('');
});
afterAll(async () => {
  await scene.close();
  await rm(folder, { recursive: true, force: true });
});

/** A store that dies at one moment: before a call, or after it, with the answer lost. */
function dyingAt(moment: number): { readonly store: ArtifactStore; counted(): number } {
  let moments = 0;
  const around = async <T>(act: () => Promise<T>): Promise<T> => {
    die();
    const answer = await act();
    die();
    return answer;
  };
  const die = (): void => {
    moments += 1;
    if (moments === moment) throw new Error('killed');
  };
  const dying: ArtifactStore = {
    uri: store.uri,
    read: (key) => around(() => store.read(key)),
    create: (key, body) => around(() => store.create(key, body)),
    createFromFile: (key, path) => around(() => store.createFromFile(key, path)),
    replace: (key, body, expected) => around(() => store.replace(key, body, expected)),
    list: (prefix) => around(() => store.list(prefix)),
    localFile: (key) => around(() => store.localFile(key)),
  };
  return { store: dying, counted: () => moments };
}

/** From an empty bucket: judge, register over `first` until it ends or dies, register again, and read all that lies there. */
async function registerTwice(first: ArtifactStore): Promise<unknown> {
  for (const { key } of await store.entries('')) await store.remove(key);
  const images = new MemoryImageRegistry();
  const calm = scene.worldOf(store, images);
  const { inputs } = await scene.judge(calm, 'model a');
  await register(inputs, scene.worldOf(first, images).context).catch((error: unknown) => {
    // After there is a version, it is said which.
    const cause = error instanceof UserError && error.code === 'registration-incomplete' ? error.cause : error;
    if (!(cause instanceof Error) || cause.message !== 'killed') throw error;
  });
  const { outputs } = await register(inputs, calm.context);
  const keys = await store.list('');
  const objects = await Promise.all(keys.map(async (key) => [key, digestOf((await store.read(key))?.body ?? '')]));
  return { outputs, objects, tags: [...images.tags].sort(), blobs: [...images.blobs.keys()].sort() };
}

it('a crash of register before or after any call to S3 converges when it is run again', async () => {
  const undisturbed = dyingAt(0);
  const expected = await registerTwice(undisturbed.store);
  expect(undisturbed.counted()).toBeGreaterThan(50);
  for (let moment = 1; moment <= undisturbed.counted(); moment += 1) {
    expect([moment, await registerTwice(dyingAt(moment).store)]).toEqual([moment, expected]);
  }
  process.stdout.write(`register over S3: ${undisturbed.counted()} moments of a crash, each converged\n`);
}, 900_000);

it('register does not notice when the answer to a write is lost on the wire', async () => {
  const expected = await registerTwice(store);
  const proxy = await startFaultyProxy(process.env['AWS_ENDPOINT_URL_S3'] ?? '');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', proxy.endpoint);
  const proxied = new S3ArtifactStore(location, { cacheFolder: () => folder, client: { attempts: 3, answerTimeout: 1_500 } });
  await proxied.list('');
  proxy.seen.splice(0);
  expect(await registerTwice(proxied)).toEqual(expected);
  const writes = proxy.seen.filter((line) => line.startsWith('PUT')).length;
  expect(writes).toBeGreaterThan(4);
  for (let lost = 0; lost < writes; lost += 1) {
    let seen = -1;
    proxy.faults.splice(0, proxy.faults.length, {
      matches: (method) => {
        if (method === 'PUT') seen += 1;
        return method === 'PUT' && seen === lost;
      },
      fault: { kind: 'lose-answer' },
      times: 1,
    });
    expect([lost, await registerTwice(proxied)]).toEqual([lost, expected]);
  }
  await proxy.close();
  process.stdout.write(`register over S3: ${writes} writes whose answer was lost, none noticed\n`);
}, 300_000);
