import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';

const maximum = 100_000;
const { app, service } = await createTinyService({ environment: { MAXIMUM_BODIES_BYTES: String(maximum), MAXIMUM_BODY_BYTES: '60000' } });
let port = 0;
beforeAll(async () => {
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => {
  app.server.closeAllConnections();
  return app.close();
});

const headOf = (length: number | 'chunked', path = '/predict'): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`;
const send = (bytes: string): Socket => connect(port, '127.0.0.1').on('error', () => undefined).once('connect', function (this: Socket) { this.write(bytes); });
const statusOf = (socket: Socket): Promise<number> => new Promise((resolve) => socket.once('data', (chunk) => resolve(Number(chunk.toString().split(' ')[1]))));
/** A row and so much white space, which JSON allows. */
const body = (length: number): string => JSON.stringify(tinyRow).padEnd(length);

test('large bodies that are on their way are bounded in total over all connections, and small ones are read all the same', async () => {
  const slow = [50_000, 'chunked' as const].map((length) => send(headOf(length)));
  // What does not say its length may become as large as any.
  await expect.poll(() => service.shedder.bodyBytes).toBe(50_000 + 60_000 > maximum ? 50_000 : 110_000);
  const third = send(headOf(51_000) + body(51_000));
  expect(await statusOf(third)).toBe(503);
  expect(await statusOf(send(headOf(4000) + body(4000)))).toBe(200);
  for (const socket of slow) socket.destroy();
  await expect.poll(() => service.shedder.bodyBytes).toBe(0);
  expect(await statusOf(send(headOf(51_000) + body(51_000)))).toBe(200);
  await expect.poll(() => service.shedder.bodyBytes).toBe(0);
  third.destroy();
});

test.each([
  ['answered', headOf(50_000) + body(50_000), 200],
  ['refused for what it says', headOf(50_000) + '[]'.padEnd(50_000), 400],
  ['refused before it is read', headOf(50_000).replace('application/json', 'text/plain') + body(50_000), 415],
  ['sent to nowhere', headOf(50_000, '/nowhere') + body(50_000), 404],
])('a body that is %s gives its room back, on the same connection', async (_name, bytes, status) => {
  const socket = send(bytes);
  expect(await statusOf(socket)).toBe(status);
  await expect.poll(() => service.shedder.bodyBytes).toBe(0);
  socket.write(headOf(4000) + body(4000));
  expect(await statusOf(socket)).toBe(200);
  socket.destroy();
});

test('bodies in chunks take no room while they are small: their heads may come long before the rest', async () => {
  const text = body(1000);
  const callers = Array.from({ length: 10 }, () => send(headOf('chunked')));
  const sockets = new Set<Socket>();
  await expect.poll(() => service.shedder.connections).toBeGreaterThanOrEqual(callers.length);
  const statuses = callers.map((socket) => (sockets.add(socket), statusOf(socket)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const socket of sockets) socket.write(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`);
  expect(await Promise.all(statuses)).toEqual(callers.map(() => 200));
  for (const socket of callers) socket.destroy();
});

test('a body in chunks that is no small one takes the room of the largest, and is refused in the middle where there is none', async () => {
  const part = body(20_000);
  const begun = `${headOf('chunked')}${part.length.toString(16)}\r\n${part}\r\n`;
  const first = send(begun);
  await expect.poll(() => service.shedder.bodyBytes).toBe(60_000);
  const second = send(begun);
  const answer = await new Promise<string>((resolve) => second.once('data', (chunk) => resolve(chunk.toString())));
  expect(answer).toMatch(/^HTTP\/1\.1 503 [^]*"code":"overloaded"/);
  first.write('0\r\n\r\n');
  expect(await statusOf(first)).toBe(200);
  await expect.poll(() => service.shedder.bodyBytes).toBe(0);
  for (const socket of [first, second]) socket.destroy();
});

test('a body that is too large is refused for that, and takes no room', async () => {
  const socket = send(headOf(60_001));
  expect(await statusOf(socket)).toBe(413);
  expect(service.shedder.bodyBytes).toBe(0);
  socket.destroy();
});

test('where nothing is, a body is refused before it is read', async () => {
  const socket = send(headOf(50_000, '/nowhere'));
  expect(await statusOf(socket)).toBe(404);
  socket.destroy();
});
