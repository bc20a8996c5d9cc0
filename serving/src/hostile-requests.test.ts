import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTinyService, tinyRow } from '../test-fixtures/tiny-service.ts';

const { app, service } = await createTinyService();
let port = 0;
beforeAll(async () => {
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());

/** Sends bytes as they are; gives the status of every answer that came before the connection was closed or `answers` were there. */
const raw = (bytes: string | Buffer, answers = 1): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let received = '';
    const statuses = (): number[] => [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (statuses().length >= answers) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(statuses()));
  });
const text = JSON.stringify(tinyRow);
const post = (headers: string, body: string | Buffer = text): Buffer => Buffer.concat([Buffer.from(`POST /predict HTTP/1.1\r\nHost: x\r\n${headers}\r\n`), Buffer.from(body)]);
const json = 'Content-Type: application/json\r\n';
const healthy = async (): Promise<void> => {
  expect(await raw(post(`${json}Content-Length: ${text.length}\r\n`))).toEqual([200]);
  await expect.poll(() => service.state.requestsInFlight).toBe(0);
};

test.each<[string, string | Buffer, number]>([
  ['two lengths', post(`${json}Content-Length: 5\r\nContent-Length: ${text.length}\r\n`), 400],
  ['a length and chunks', post(`${json}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, '0\r\n\r\n'), 400],
  ['chunks named twice', post(`${json}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n`, '0\r\n\r\n'), 400],
  ['a spaced header name', post(`${json}Transfer-Encoding : chunked\r\n`, '0\r\n\r\n'), 400],
  ['a folded header', post(`${json}X-Folded: a\r\n b\r\nContent-Length : 5\r\n`, 'hello'), 400],
  ['a negative length', post(`${json}Content-Length: -1\r\n`), 400],
  ['a length in hexadecimal', post(`${json}Content-Length: 0x10\r\n`), 400],
  ['a bad chunk size', post(`${json}Transfer-Encoding: chunked\r\n`, 'xyz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk longer than it says', post(`${json}Transfer-Encoding: chunked\r\n`, '2\r\n{"a":1}\r\n0\r\n\r\n'), 400],
  ['headers without end', post(`${json}X-Long: ${'a'.repeat(20_000)}\r\n`), 431],
  ['no host', `POST /predict HTTP/1.1\r\n${json}Content-Length: ${text.length}\r\n\r\n${text}`, 400],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a line feed in the path', 'GET /health\n/ready HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['no content type', post(`Content-Length: ${text.length}\r\n`), 415],
  ['another charset', post(`Content-Type: application/json; charset=utf-16\r\nContent-Length: ${text.length}\r\n`), 415],
  ['a compressed body', post(`${json}Content-Encoding: gzip\r\nContent-Length: ${text.length}\r\n`), 415],
  ['bytes that are not UTF-8', post(`${json}Content-Length: 12\r\n`, Buffer.concat([Buffer.from('{"rows":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"')])), 400],
  ['a length beyond what is read', post(`${json}Content-Length: 99999999999\r\n`, ''), 413],
])('%s is refused, and the service is well', async (_name, bytes, status) => {
  expect((await raw(bytes)).at(0)).toBe(status);
  await healthy();
});

test.each<[string, string, number, string]>([
  ['that is no HTTP', 'hello\r\n\r\n', 400, 'http-invalid'],
  ['of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'http-invalid'],
  ['with a head that is too large', `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ['with extensions of chunks that are too large', `POST /predict HTTP/1.1\r\nHost: x\r\n${json}Transfer-Encoding: chunked\r\n\r\n2;a=${'b'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, 400, 'http-invalid'],
  ['of a path that is no text', 'GET /v2x/models/%zz HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not-found'],
  ['posted to a path that is no text', 'POST /v2/models/%zz/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', 404, ''],
  ['posted beside a model', 'POST /v2/models/a/b/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', 404, ''],
  ['of a path that is too long', `GET /v2/models/${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 404, ''],
])('a request %s is refused in the shape of every refusal', async (...[, bytes, status, code]) => {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  const [head = '', body = ''] = answer.toString().split('\r\n\r\n');
  const { error } = JSON.parse(body) as { error: { code: string; message: string } | string };
  expect([Number(head.split(' ')[1]), typeof error === 'string' ? '' : error.code]).toEqual([status, code]);
  await healthy();
});

test.each<[string, Buffer]>([
  ['with its length', post(`${json}Content-Length: 10000000\r\n`, ' '.repeat(10_000_000))],
  ['in chunks', post(`${json}Transfer-Encoding: chunked\r\n`, `${`10000\r\n${' '.repeat(65_536)}\r\n`.repeat(160)}0\r\n\r\n`)],
])('a body of ten megabytes that is sent %s has its answer read, and the connection goes on', async (_name, bytes) => {
  expect(await raw(Buffer.concat([bytes, post(`${json}Content-Length: ${text.length}\r\n`)]), 2)).toEqual([413, 200]);
  await healthy();
});

test('a request hidden in the body of another is never answered', async () => {
  const hidden = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
  expect(await raw(post(`${json}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${hidden}`), 2)).toEqual([400]);
  await healthy();
});

test('requests sent one after the other on a connection are each answered', async () => {
  const one = post(`${json}Content-Length: ${text.length}\r\n`);
  expect(await raw(Buffer.concat([one, one, post(`${json}Content-Length: 2\r\n`, '[]'), one]), 4)).toEqual([200, 200, 400, 200]);
});

test.each<[string, string | Buffer]>([
  ['in its head', 'POST /predict HTTP/1.1\r\nHost: x\r\n'],
  ['in its body', post(`${json}Content-Length: 5000\r\n`, '{"rows":[')],
  ['after its request', post(`${json}Content-Length: ${text.length}\r\n`)],
])('a caller that hangs up %s leaves nothing behind', async (_name, bytes) => {
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.resetAndDestroy()));
    socket.on('close', () => resolve());
  });
  await expect.poll(() => service.state.requestsInFlight).toBe(0);
  expect(service.shedder.load.rowsInFlight).toBe(0);
  await healthy();
});

test('a member that is sent twice counts as it was sent last, as JSON.parse has it', async () => {
  const twice = text.replace('"distance":2475', '"distance":"far","distance":2475');
  expect((await app.inject({ method: 'POST', url: '/predict', headers: { 'content-type': 'application/json' }, payload: twice })).statusCode).toBe(200);
});

test.each([
  ['__proto__', 400],
  ['constructor', 400],
  ['toString', 400],
])('a column named %s is an unknown column', async (name, status) => {
  const answer = await app.inject({ method: 'POST', url: '/predict', headers: { 'content-type': 'application/json' }, payload: text.replace('{', `{"${name}":{"prototype":{"polluted":1}},`) });
  expect([answer.statusCode, 'polluted' in {}]).toEqual([status, false]);
});
