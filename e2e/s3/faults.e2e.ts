import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { S3DataFolder } from '../../src/adapters/data-folder/s3.ts';
import type { S3ClientOptions } from '../../src/adapters/s3/create-s3-client.ts';
import type { S3Location } from '../../src/adapters/s3/s3-location.ts';
import { type Fault, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { newLocation } from './new-bucket.ts';

const server = process.env['AWS_ENDPOINT_URL_S3'] ?? '';
const client: S3ClientOptions = { attempts: 3, answerTimeout: 1_500 };
const always = Number.POSITIVE_INFINITY;

let proxy: FaultyProxy;
let location: S3Location;
let folder = '';
let store: S3ArtifactStore;
/** The same store, past the proxy. */
let direct: S3ArtifactStore;

beforeEach(async () => {
  location = await newLocation();
  folder = await mkdtemp(join(tmpdir(), 'e2e-faults-'));
  direct = new S3ArtifactStore(location, { cacheFolder: () => folder });
  await direct.list('');
  proxy = await startFaultyProxy(server);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', proxy.endpoint);
  store = new S3ArtifactStore(location, { cacheFolder: () => join(folder, 'cache'), client });
});

afterEach(async () => {
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param requests a method, and what the URL must hold, if anything: `GET list-type` */
function plan(requests: string, fault: Fault, times: number): void {
  const [method, url = ''] = requests.split(' ');
  proxy.faults.push({ matches: (asked, path) => asked === method && path.includes(url), fault, times });
}

const answer = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Fault => ({ kind: 'answer', status, code, headers });
const text = (body: Uint8Array | undefined): string => Buffer.from(body ?? []).toString();

async function filesBelow(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
}

describe('what passes', () => {
  it.each([answer(503, 'SlowDown'), answer(500, 'InternalError'), answer(429, 'TooManyRequests'), { kind: 'reset' }, { kind: 'lose-answer' }, { kind: 'stall', milliseconds: 10_000 }] satisfies Fault[])(
    'is tried again: %j',
    async (fault) => {
      await direct.create('a', Buffer.from('stored'));
      plan('GET /a', fault, 1);
      expect(text((await store.read('a'))?.body)).toBe('stored');
      plan('GET list-type', fault, 1);
      expect(await store.list('')).toEqual(['a']);
      plan('PUT', fault, 1);
      expect(await store.create('b', Buffer.from('new'))).toBe('created');
      expect(text((await direct.read('b'))?.body)).toBe('new');
    },
  );

  it.each([{ kind: 'cut', after: 1_000_000 }, { kind: 'cut', after: 0 }, { kind: 'shorten', to: 1_000 }, { kind: 'flip' }] satisfies Fault[])('a body that does not come whole is asked for again: %j', async (fault) => {
    const body = Buffer.alloc(3_000_000, 'body');
    await direct.create('a', body);
    plan('GET', fault, 2);
    expect(body.equals((await store.read('a'))?.body ?? Buffer.alloc(0))).toBe(true);
    plan('GET', fault, 2);
    expect(body.equals(await readFile((await store.localFile('a')) ?? ''))).toBe(true);
  });

  it('a conflict with another conditional write is no answer yet', async () => {
    plan('PUT', answer(409, 'ConditionalRequestConflict'), 2);
    expect(await store.create('a', Buffer.from('x'))).toBe('created');
  });
});

describe('a lost answer', () => {
  it('leaves a create that happened ours', async () => {
    plan('PUT', { kind: 'lose-answer' }, 1);
    expect(await store.create('a', Buffer.from('x'))).toBe('created');
    expect(await store.create('a', Buffer.from('x'))).toBe('exists');
  });

  it('does not make a create ours that somebody else did with the same bytes', async () => {
    plan('PUT', { kind: 'meanwhile', act: () => direct.create('a', Buffer.from('x')), then: { kind: 'reset' } }, 1);
    expect(await store.create('a', Buffer.from('x'))).toBe('exists');
  });

  it('leaves a replacement that happened ours, with its tag', async () => {
    const first = await store.replace('a', Buffer.from('1'), null);
    plan('PUT', { kind: 'lose-answer' }, 1);
    const second = await store.replace('a', Buffer.from('2'), first ?? null);
    expect(second).toBe((await direct.read('a'))?.etag);
    expect(await store.replace('a', Buffer.from('3'), second ?? null)).toBeDefined();
  });

  it('leaves a large upload that was completed ours', async () => {
    await writeFile(join(folder, 'large'), Buffer.alloc(20_000_000, 'large'));
    plan('POST uploadId=', { kind: 'lose-answer' }, 1);
    expect(await store.createFromFile('large', join(folder, 'large'))).toBe('created');
    expect((await direct.entries('')).map(({ size }) => size)).toEqual([20_000_000]);
  });
});

describe('what does not pass is one clear error', () => {
  const cases: readonly { name: string; fault: Fault; code: string; message: RegExp }[] = [
    { name: 'throttling', fault: answer(503, 'SlowDown'), code: 'store-unavailable', message: /slow down \(503 SlowDown\) after 3 attempts/ },
    { name: 'a failing server', fault: answer(500, 'InternalError'), code: 'store-unavailable', message: /answers 500 InternalError after 3 attempts/ },
    { name: 'connections that end', fault: { kind: 'reset' }, code: 'store-unavailable', message: /connection failed \(ECONNRESET\)/ },
    { name: 'silence', fault: { kind: 'stall', milliseconds: 60_000 }, code: 'store-unavailable', message: /does not answer in time/ },
    { name: 'no permission', fault: answer(403, 'AccessDenied'), code: 'store-denied', message: /access is denied \(403 AccessDenied\)/ },
    { name: 'an expired token', fault: answer(400, 'ExpiredToken'), code: 'store-denied', message: /credentials have expired \(400 ExpiredToken\)/ },
    { name: 'an unknown key', fault: answer(403, 'InvalidAccessKeyId'), code: 'store-denied', message: /credentials are not valid there \(403 InvalidAccessKeyId\)/ },
    { name: 'a wrong secret', fault: answer(403, 'SignatureDoesNotMatch'), code: 'store-denied', message: /credentials are not valid there/ },
    { name: 'a wrong clock', fault: answer(403, 'RequestTimeTooSkewed'), code: 'store-denied', message: /clock/ },
    { name: 'another region', fault: answer(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' }), code: 'store-unavailable', message: /in the region eu-central-1/ },
    { name: 'a signature for another region', fault: answer(400, 'AuthorizationHeaderMalformed', { 'x-amz-bucket-region': 'eu-central-1' }), code: 'store-unavailable', message: /in the region eu-central-1/ },
    { name: 'no such bucket', fault: answer(404, 'NoSuchBucket'), code: 'store-missing', message: /no such bucket/ },
    { name: 'a page of another server', fault: answer(418, 'Teapot'), code: 'store-unavailable', message: /418/ },
  ];

  it.each(cases)('$name', async ({ fault, code, message }) => {
    await writeFile(join(folder, 'large'), Buffer.alloc(20_000_000, 'large'));
    for (const method of ['GET', 'PUT', 'POST']) plan(method, fault, always);
    const calls = [() => store.read('a'), () => store.create('a', Buffer.from('x')), () => store.list(''), () => store.localFile('a'), () => store.createFromFile('large', join(folder, 'large'))];
    for (const error of await Promise.all(calls.map((call) => call().then(() => undefined, (thrown: unknown) => thrown)))) {
      expect(error).toMatchObject({ name: 'UserError', code });
      expect(String(error)).toMatch(message);
      expect(String(error)).toContain(location.uri);
      expect(inspect(error, { depth: 9 })).not.toMatch(/AKIA|taxiway-e2e-secret/);
    }
    proxy.faults.splice(0);
    expect(await direct.list('')).toEqual([]);
    expect(await filesBelow(join(folder, 'cache'))).toEqual([]);
    expect(await store.createFromFile('large', join(folder, 'large'))).toBe('created');
  });

  it('HEAD, whose answers carry no code', async () => {
    await writeFile(join(folder, 'small'), 'x');
    plan('HEAD', answer(403, ''), always);
    await expect(store.createFromFile('a', join(folder, 'small'))).rejects.toMatchObject({ code: 'store-denied' });
  });

  it('a server that is not there', async () => {
    await proxy.close();
    await expect(store.read('a')).rejects.toThrow(/connection failed \(ECONNREFUSED\) after 3 attempts/);
  });

  it('no credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    await expect(store.read('a')).rejects.toMatchObject({ code: 'store-denied', message: expect.stringContaining('no credentials were found') as unknown });
  });

  it('no region, where no endpoint is given', async () => {
    for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_REGION']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    await expect(store.read('a')).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('no AWS region') as unknown });
  });

  it('a body that never comes whole', async () => {
    await direct.create('a', Buffer.alloc(3_000_000, 'body'));
    plan('GET', { kind: 'cut', after: 1_000_000 }, always);
    await expect(store.read('a')).rejects.toThrow(/broke off 4 times/);
    await expect(store.localFile('a')).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await filesBelow(join(folder, 'cache'))).toEqual([]);
  });

  it('an upload of which one part fails leaves nothing to see', async () => {
    await writeFile(join(folder, 'large'), Buffer.alloc(20_000_000, 'large'));
    plan('PUT partNumber=2', answer(500, 'InternalError'), always);
    await expect(store.createFromFile('large', join(folder, 'large'))).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await direct.list('')).toEqual([]);
    expect(proxy.seen.filter((line) => line.startsWith('DELETE') && line.includes('uploadId='))).toHaveLength(1);
  });
});

describe('a source that fails half way', () => {
  const open = (workDirectory: string): S3DataFolder => new S3DataFolder(location, { workDirectory, client });

  beforeEach(async () => {
    for (const name of ['a.csv', 'b.csv', 'c.csv']) await direct.create(name, Buffer.alloc(200_000, name));
  });

  it.each([{ kind: 'cut', after: 1_000 }, { kind: 'shorten', to: 1_000 }, { kind: 'flip' }, answer(403, 'ExpiredToken'), answer(503, 'SlowDown')] satisfies Fault[])(
    'keeps no half file, and a second run completes: %j',
    async (fault) => {
      plan('GET b.csv', fault, always);
      const first = open(join(folder, 'first'));
      await first.list('*.csv');
      await first.fetch('a.csv');
      await expect(first.fetch('b.csv')).rejects.toMatchObject({ name: 'UserError', code: expect.stringMatching(/^source-(unavailable|denied)$/) as unknown });
      expect(await filesBelow(join(folder, 'first'))).toEqual(['a.csv']);
      proxy.faults.splice(0);
      const second = open(join(folder, 'second'));
      for (const { name } of await second.list('*.csv')) expect((await second.fetch(name)).size).toBe(200_000);
    },
  );

  it('says so where an object changed after it was listed', async () => {
    const data = open(join(folder, 'work'));
    await data.list('*.csv');
    await direct.replace('b.csv', Buffer.alloc(200_000, 'other'), (await direct.read('b.csv'))?.etag ?? null);
    await expect(data.fetch('b.csv')).rejects.toThrow(/b\.csv changed while the step read it/);
    expect(await filesBelow(join(folder, 'work'))).toEqual([]);
  });

  it('says which bucket is missing', async () => {
    const gone = { bucket: `${location.bucket}-gone`, prefix: '', uri: `s3://${location.bucket}-gone` };
    await expect(new S3DataFolder(gone, { workDirectory: folder, client }).list('*.csv')).rejects.toMatchObject({ code: 'source-missing', message: expect.stringContaining(gone.uri) as unknown });
    await expect(new S3ArtifactStore(gone, { cacheFolder: () => folder, client }).create('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'store-missing' });
    await expect(new S3ArtifactStore(gone, { cacheFolder: () => folder, client }).read('a')).rejects.toMatchObject({ code: 'store-missing' });
  });
});
