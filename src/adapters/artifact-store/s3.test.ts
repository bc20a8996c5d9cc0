import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseS3Location } from '../s3/s3-location.ts';
import { S3ArtifactStore } from './s3.ts';

// What goes over the wire. What a store promises is proved against a real server: npm run e2e:s3

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
let answers: Answer[] = [];
let server: Server;
let cache = '';

beforeEach(async () => {
  seen.length = 0;
  answers = [];
  cache = await mkdtemp(join(tmpdir(), 's3-store-'));
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
      const { status, headers = {}, body = '' } = answers.shift() ?? { status: 501 };
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(cache, { recursive: true });
});

const open = (): S3ArtifactStore => new S3ArtifactStore(parseS3Location('s3://bucket/a/b', 'store'), { cacheFolder: () => cache });
const page = (keys: readonly string[], next?: string): Answer => ({
  status: 200,
  body: `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}${keys
    .map((key) => `<Contents><Key>${key}</Key><Size>3</Size><LastModified>2013-01-02T03:04:05.000Z</LastModified></Contents>`)
    .join('')}</ListBucketResult>`,
});

describe('S3ArtifactStore on the wire', () => {
  it('creates on condition that the key is new, by path and with a checksum', async () => {
    answers = [{ status: 200, headers: { etag: '"1"' } }, { status: 412 }];
    expect(await open().create('k', Buffer.from('x'))).toBe('created');
    expect(await open().create('k', Buffer.from('x'))).toBe('exists');
    expect(seen[0]).toMatchObject({ method: 'PUT', url: '/bucket/a/b/k?x-id=PutObject', headers: { 'if-none-match': '*', 'x-amz-checksum-crc32': expect.any(String) as unknown } });
  });

  it('replaces on condition that nobody else did', async () => {
    answers = [{ status: 200, headers: { etag: '"2"' } }, { status: 412 }, { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }];
    expect(await open().replace('k', Buffer.from('x'), '"1"')).toBe('"2"');
    expect(await open().replace('k', Buffer.from('x'), '"1"')).toBeUndefined();
    expect(await open().replace('k', Buffer.from('x'), '"1"')).toBeUndefined();
    expect(seen[0]?.headers['if-match']).toBe('"1"');
  });

  it('knows its own write again where the answer was lost', async () => {
    let mark = '';
    answers = [{ status: 500 }, { status: 412 }];
    const store = open();
    server.prependListener('request', (request: IncomingMessage) => {
      mark = String(request.headers['x-amz-meta-taxiway-write'] ?? mark);
      if (answers.length === 0) answers.push({ status: 200, headers: { etag: '"1"', 'x-amz-meta-taxiway-write': mark } });
    });
    expect(await store.create('k', Buffer.from('x'))).toBe('created');
    expect(seen.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  it('lists page by page, sorted, without names that are no keys', async () => {
    answers = [page(['a/b/z', 'a/b/a/'], 'next'), page(['a/b/Z', 'a/b/y'])];
    expect(await open().entries('')).toEqual(['Z', 'y', 'z'].map((key) => ({ key, size: 3, modified: Date.parse('2013-01-02T03:04:05Z') })));
    expect(seen.map(({ url }) => new URL(url, 'http://x').searchParams.get('prefix'))).toEqual(['a/b/', 'a/b/']);
    expect(new URL(seen[1]?.url ?? '', 'http://x').searchParams.get('continuation-token')).toBe('next');
  });

  it('brings an object once as a local file, and again only when it has changed', async () => {
    answers = [{ status: 200, headers: { etag: '"1"' }, body: 'one' }, { status: 304 }, { status: 200, headers: { etag: '"2"' }, body: 'two' }];
    const store = open();
    const first = await store.localFile('k');
    expect(await store.localFile('k')).toBe(first);
    const second = await store.localFile('k');
    expect([await readFile(first ?? '', 'utf8'), await readFile(second ?? '', 'utf8')]).toEqual(['one', 'two']);
    expect(seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });
});
