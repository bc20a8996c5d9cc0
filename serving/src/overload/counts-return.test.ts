import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../../src/statistics/random.ts';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';
import { RequestError } from '../request-error.ts';

const random = createRandom('counts');
/** Now and then the model takes some turns, and every few runs it fails: by count, for what is drawn in which run depends on when sockets are read. */
let runs = 0;
let fails = true;
const scorer = {
  score: async ({ count }: { readonly count: number }): Promise<Float32Array> => {
    const turns = random.integer(4);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if ((runs += 1) % 8 === 0 && fails) throw new RequestError('internal', 'a fault');
    return new Float32Array(count).fill(0.5);
  },
};
const { app, service } = await createTinyService({ scorer, environment: { MAXIMUM_QUEUED_ROWS: '100', MAXIMUM_BODIES_BYTES: '100000', MAXIMUM_CONNECTIONS: '30', REQUEST_DEADLINE_MS: '50' } });
let port = 0;
beforeAll(async () => {
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(async () => {
  app.server.closeAllConnections();
  await app.close();
});

const bodies = [1, 3, 40, 150, 1001].map((rows) => JSON.stringify({ rows: Array.from({ length: rows }, () => tinyRow) }));
bodies.push('{', '[]', '{"rows":[]}', JSON.stringify({ ...tinyRow, distance: 'far' }));

/** A request as callers send them: whole or in parts, with a length or in chunks, for traffic or to check, in time or not. */
function randomRequest(): Buffer {
  const body = bodies[random.integer(bodies.length)] ?? '';
  const path = ['/predict', '/predict', '/predict', '/v2/models/tiny/infer', '/nowhere'][random.integer(5)] ?? '/';
  const isChunked = random.integer(3) === 0;
  const head = [
    `POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json',
    isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`,
    ...(random.integer(3) === 0 ? ['X-Taxiway-Purpose: verification'] : []),
    ...(random.integer(4) === 0 ? ['X-Request-Timeout-Ms: 1'] : []),
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body}`);
}

/** Sends one to three requests and hangs up: before their end, at once behind it, or when an answer came. */
const caller = (): Promise<void> =>
  new Promise((resolve) => {
    const bytes = Buffer.concat(Array.from({ length: 1 + random.integer(3) }, randomRequest));
    const cut = random.integer(2) === 0 ? 1 + random.integer(bytes.length) : bytes.length;
    const leave = (socket: Socket): Socket => (random.integer(2) === 0 ? socket.resetAndDestroy() : socket.destroy());
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes.subarray(0, cut), () => {
        if (cut < bytes.length || random.integer(3) === 0) leave(socket);
      });
    });
    socket.once('data', () => leave(socket));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
  });

test('whatever callers send and whenever they hang up, nothing stays counted', async () => {
  for (let round = 0; round < 12; round += 1) await Promise.all(Array.from({ length: 40 }, caller));
  const counts = (): Record<string, number> => {
    const { rowsInFlight, workInFlight, requestsInFlight } = service.shedder.load;
    return { rowsInFlight, workInFlight, requestsInFlight, queuedRows: service.batcher.queuedRows, bodyBytes: service.shedder.bodyBytes, connections: service.shedder.connections, reserved: service.shedder.reserved };
  };
  await expect.poll(counts).toEqual({ rowsInFlight: 0, workInFlight: 0, requestsInFlight: 0, queuedRows: 0, bodyBytes: 0, connections: 0, reserved: 0 });
  fails = false;
  expect((await app.inject({ method: 'POST', url: '/predict', payload: tinyRow })).statusCode).toBe(200);
  const { metrics } = service;
  const seen = (await metrics.errors.get()).values.map(({ labels }) => labels.kind);
  // Else the mix above proves less than it says.
  expect(seen).toEqual(expect.arrayContaining(['body-invalid', 'value-invalid', 'too-many-rows', 'rows-empty', 'overloaded', 'internal']));
});
