import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '../../src/ports/logger.ts';
import { predictionLogWritten } from './prediction-log-written.ts';
import type { RequestRow } from './table-rows.ts';
import { createTraffic } from './traffic.ts';

interface Seen {
  readonly rows: readonly RequestRow[];
  readonly purpose: string | undefined;
}

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A front that answers as `answer` says and remembers what came. */
async function createFront(answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = [];
  const url = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const entry = { rows: (JSON.parse(body) as { rows: RequestRow[] }).rows, purpose: request.headers['x-taxiway-purpose'] as string | undefined };
      seen.push(entry);
      answer(entry, response);
    });
  });
  const traffic = createTraffic({ url, logger: silentLogger });
  cleanUps.push(() => traffic.close());
  return { seen, traffic };
}

const answered = (version: string) => ({ rows }: Seen, response: ServerResponse): void => {
  response.end(JSON.stringify({ model: { version }, predictions: rows.map(() => ({ probability: 0.5 })) }));
};
const rows = Array.from({ length: 25 }, (_, index): RequestRow => ({ flight_id: `F${index}` }));

test('a replay sends every row exactly once and says which version answered', async () => {
  const { seen, traffic } = await createFront((entry, response) => answered(entry.rows.length === 10 ? '1' : '2')(entry, response));
  const counts = await traffic.replay(rows, { rowsPerRequest: 10, concurrency: 3 });
  expect(counts).toMatchObject({ sent: 3, failed: 0, rows: 25, versions: { 1: 2, 2: 1 }, failures: {} });
  expect(seen.flatMap((entry) => entry.rows.map((row) => row['flight_id'])).sort()).toEqual(rows.map((row) => row['flight_id']).sort());
  expect(seen.every(({ purpose }) => purpose === undefined)).toBe(true);
});

test.each([
  ['another status', (_: Seen, response: ServerResponse) => void response.writeHead(503).end(), 'status 503'],
  ['a connection cut', (_: Seen, response: ServerResponse) => void response.destroy(), 'ECONNRESET'],
  ['too few predictions', (_: Seen, response: ServerResponse) => void response.end('{"model":{"version":"1"},"predictions":[]}'), 'malformed answer'],
  ['half an answer', (_: Seen, response: ServerResponse) => void response.end('{"model":'), 'malformed answer'],
])('%s is a failed request, and is not tried again', async (_name, answer, reason) => {
  const { seen, traffic } = await createFront(answer);
  expect(await traffic.replay(rows, { rowsPerRequest: 25, concurrency: 1 })).toMatchObject({ sent: 1, failed: 1, rows: 0, versions: {}, failures: { [reason]: 1 } });
  expect(seen).toHaveLength(1);
});

test('nobody there is a failed request', async () => {
  const traffic = createTraffic({ url: 'http://127.0.0.1:9', logger: silentLogger });
  expect(await traffic.replay(rows, { rowsPerRequest: 25, concurrency: 1 })).toMatchObject({ failed: 1, failures: { ECONNREFUSED: 1 } });
});

test('background traffic goes on, cycling over its rows, until it is stopped, and waits for what is due', async () => {
  const held: (() => void)[] = [];
  let enough = (): void => undefined;
  const came = new Promise<void>((resolve) => (enough = resolve));
  const { seen, traffic } = await createFront((entry, response) => {
    held.push(() => answered('1')(entry, response));
    // Open loop: a fourth request comes though none has been answered.
    if (held.length === 4) enough();
  });
  const background = traffic.background(rows.slice(0, 3), { requestsPerSecond: 200, purpose: 'verification' });
  await came;
  const stopped = background.stop();
  await new Promise((resolve) => setTimeout(resolve, 30));
  const total = held.length;
  for (const answer of held) answer();
  expect(await stopped).toMatchObject({ sent: total, failed: 0, versions: { 1: total } });
  expect(seen.slice(0, 4).map((entry) => entry.rows[0]?.['flight_id']).sort()).toEqual(['F0', 'F0', 'F1', 'F2']);
  expect(new Set(seen.map(({ purpose }) => purpose))).toEqual(new Set(['verification']));
});

test('who reads the prediction log waits until every pod has written it', async () => {
  let waiting = 2;
  const url = await listen((_, response) => {
    response.end(`# HELP x\ntaxiway_prediction_log_queue_rows ${waiting}\n`);
    waiting = Math.max(0, waiting - 1);
  });
  await predictionLogWritten([url]);
  expect(waiting).toBe(0);
  const silent = await listen((_, response) => response.end('nothing'));
  await expect(predictionLogWritten([silent])).rejects.toThrow('unknown number');
});
