import { createServer, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { s3Sink } from './s3-sink.ts';

interface Put {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

let puts: Put[] = [];
let status = 200;
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
/** Answers like S3 as far as a client that writes can tell. */
const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    puts.push({ method: request.method, url: request.url, body });
    response.writeHead(status, { 'content-type': 'application/xml', etag: '"x"' }).end(status === 200 ? '' : '<Error><Code>AccessDenied</Code><Message>no</Message></Error>');
  });
});
let environment: Record<string, string> = {};
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  environment = { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${address.port}` };
  process.env['AWS_ACCESS_KEY_ID'] = 'key';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
});
afterAll(() => void server.close());
beforeEach(() => {
  puts = [];
  status = 200;
});

async function* chunks(...parts: string[]): AsyncGenerator<string> {
  yield* parts;
}

test('a file is one object under prefix and day, with the lines as they are', async () => {
  await s3Sink({ bucket: 'predictions', prefix: 'eu/local' }, environment).write('2013-05-01', 'pod-1-000001.jsonl', chunks('{"a":"é"}\n', '{"b":2}\n'));
  expect(puts.map(({ method, url }) => [method, url?.split('?')[0]])).toEqual([['PUT', '/predictions/eu/local/2013-05-01/pod-1-000001.jsonl']]);
  expect(puts[0]?.body).toContain('{"a":"é"}\n{"b":2}\n');
});

test('a bucket without a prefix has the days at its top', async () => {
  await s3Sink({ bucket: 'predictions', prefix: '' }, environment).write('shadow/2013-05-01', 'x.jsonl', chunks('a\n'));
  expect(puts[0]?.url?.split('?')[0]).toBe('/predictions/shadow/2013-05-01/x.jsonl');
});

test('a write that the server refuses is a failure, so that its rows are kept', async () => {
  status = 403;
  const sink = s3Sink({ bucket: 'predictions', prefix: '' }, environment);
  await expect(sink.write('2013-05-01', 'x.jsonl', chunks('a\n'))).rejects.toThrow();
  status = 200;
  await sink.write('2013-05-01', 'x.jsonl', chunks('a\n'));
  expect(puts).toHaveLength(2);
});
