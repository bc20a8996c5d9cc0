import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linesOf, memorySink } from '../test-fixtures/memory-sink.ts';
import { createTinyService, tinyEnvironment, tinyModelDigest, tinyProbability, tinyRow } from '../test-fixtures/tiny-service.ts';
import type { PredictAnswer } from './predict/predict-route.ts';

const sink = memorySink();
const { app, service } = await createTinyService({ logSink: sink });
let port = 0;
beforeAll(async () => {
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };
const predict = (payload: string | object, headers: Record<string, string> = {}) => app.inject({ method: 'POST', url: '/predict', headers: { ...json, ...headers }, payload });
const metrics = async (): Promise<string> => (await app.inject('/metrics')).body;
async function metric(series: string, of = metrics): Promise<number> {
  const line = (await of()).split('\n').find((text) => text.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

test('one row is answered with its keys, its probability and the model that gave it', async () => {
  const answer = await predict(tinyRow);
  expect(answer.statusCode).toBe(200);
  expect(answer.json<PredictAnswer>()).toEqual({
    model: { name: 'tiny', version: '7', digest: tinyModelDigest },
    operatingPoint: { id: 'model', threshold: 0.5, source: 'validation' },
    predictions: [{ flight_id: tinyRow.flight_id, scheduled_departure: tinyRow.scheduled_departure, probability: expect.closeTo(tinyProbability(tinyRow), 6) as number, threshold: 0.5, decision: 0 }],
  });
});

test('many requests at once give each its own rows in their order', async () => {
  const requests = Array.from({ length: 20 }, (_, request) => Array.from({ length: request + 1 }, (_, index) => ({ ...tinyRow, flight_id: `F${request}-${index}`, departure_delay: request * 3 + index })));
  const answers = await Promise.all(requests.map((rows) => predict({ rows })));
  for (const [request, answer] of answers.entries()) {
    const { predictions } = answer.json<PredictAnswer>();
    expect(predictions.map((prediction) => prediction['flight_id'])).toEqual(requests[request]?.map((row) => row.flight_id));
    for (const [index, row] of (requests[request] ?? []).entries()) {
      expect(predictions[index]?.probability).toBeCloseTo(tinyProbability(row), 5);
      expect(predictions[index]?.decision).toBe(tinyProbability(row) >= 0.5 ? 1 : 0);
    }
  }
});

test.for<[string, string, number, string]>([
  ['malformed JSON', '{"rows":', 400, 'body-invalid'],
  ['an empty body', '', 400, 'body-invalid'],
  ['a list', '[]', 400, 'body-invalid'],
  ['null', 'null', 400, 'body-invalid'],
  ['rows that are no list', '{"rows":{}}', 400, 'body-invalid'],
  ['something beside rows', JSON.stringify({ rows: [tinyRow], threshold: 0 }), 400, 'body-invalid'],
  ['no rows', '{"rows":[]}', 400, 'rows-empty'],
  ['a prototype', `{"__proto__":{},"rows":[]}`, 400, 'body-invalid'],
  ['NaN', JSON.stringify(tinyRow).replace('2475', 'NaN'), 400, 'body-invalid'],
  ['a number beyond doubles', JSON.stringify(tinyRow).replace('2475', '1e999'), 400, 'value-invalid'],
  ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 413, 'body-too-large'],
  ['nesting', '['.repeat(5000) + ']'.repeat(5000), 400, 'body-invalid'],
  ['deep nesting in a column', `{"rows":[{"flight_id":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`, 413, 'body-too-large'],
  ['nesting in a column', `{"rows":[{"flight_id":${'['.repeat(5000)}${']'.repeat(5000)}}]}`, 400, 'value-invalid'],
  ['one row too many', JSON.stringify({ rows: Array.from({ length: 1001 }, () => tinyRow) }), 413, 'too-many-rows'],
  ['a million rows', `{"rows":[${'0,'.repeat(999_999)}0]}`, 413, 'body-too-large'],
  ['a million objects', `{"rows":[${'{},'.repeat(999_999)}{}]}`, 413, 'body-too-large'],
  ['hundreds of thousands of columns', `{${Array.from({ length: 200_000 }, (_, index) => `"${index}":1`).join(',')}}`, 413, 'body-too-large'],
  ['a text of half a surrogate pair', JSON.stringify({ ...tinyRow, carrier: '\ud800' }), 400, 'value-invalid'],
  ['a key of half a surrogate pair', JSON.stringify({ ...tinyRow, flight_id: 'a\udc00' }), 400, 'value-invalid'],
  ['a key that no number holds', JSON.stringify(tinyRow).replace('"AA1-JFK-LAX"', '9007199254740993'), 400, 'value-invalid'],
  ['ten megabytes', JSON.stringify({ rows: 'x'.repeat(10e6) }), 413, 'body-too-large'],
])('%s gets a message and leaves the service healthy', async ([, body, status, code]) => {
  const answer = await predict(body);
  expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([status, code]);
  expect((await predict(tinyRow)).statusCode).toBe(200);
});

test('a refusal names row and column', async () => {
  expect((await predict({ rows: [tinyRow, { ...tinyRow, distance: undefined }] })).json()).toEqual({
    error: { code: 'column-missing', message: 'Row 1 lacks column "distance"; it must be a finite number or null.', row: 1, column: 'distance' },
  });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])('content type %s is refused', async (type) => {
  const answer = await predict(JSON.stringify(tinyRow), { 'content-type': type });
  expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([415, 'content-type-unsupported']);
});

test('other paths and methods are refused in the same shape', async () => {
  expect((await app.inject('/predict')).json()).toMatchObject({ error: { code: 'method-not-allowed' } });
  expect((await app.inject('/admin')).json()).toMatchObject({ error: { code: 'not-found' } });
});

/** Sends bytes as they are and gives the first line of what comes back. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(received.split('\r\n')[0] ?? ''));
  });

test.each([
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\n{"a":1}'],
  ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a spaced header name', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
])('a request with %s is ambiguous and refused', async (_name, rest) => {
  expect(await raw(`POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`)).toContain('400');
});

test('traffic is logged under the UTC day of its event time, verification is not', async () => {
  await service.log?.flush();
  sink.files.clear();
  await predict({ rows: [{ ...tinyRow, flight_id: 'LOGGED' }] }, { 'x-request-id': 'request-1' });
  await predict({ rows: [{ ...tinyRow, flight_id: 'CHECKED' }] }, { 'x-taxiway-purpose': 'verification' });
  await service.log?.flush();
  expect([...sink.files.keys()].map((name) => name.split('/')[0])).toEqual(['2013-05-02']);
  expect(linesOf(sink.files)).toMatchObject([{ request_id: 'request-1', model_version: '7', image_digest: tinyEnvironment.IMAGE_DIGEST, decision: 0, columns: { ...tinyRow, flight_id: 'LOGGED' } }]);
});

test('requests, rows, decisions and errors are counted by purpose', async () => {
  const series = ['taxiway_requests_total{purpose="verification",code="200"}', 'taxiway_rows_total{purpose="verification"}', 'taxiway_request_duration_seconds_count{purpose="verification",outcome="success"}', 'taxiway_score_count{purpose="verification"}'];
  const read = (): Promise<number[]> => Promise.all(series.map((name) => metric(name)));
  const before = await read();
  await predict({ rows: [tinyRow, tinyRow] }, { 'x-taxiway-purpose': 'verification' });
  const after = await read();
  expect(after.map((value, index) => value - (before[index] ?? 0))).toEqual([1, 2, 1, 2]);
  await predict('{}', { 'x-taxiway-purpose': 'verification' });
  expect(await metric('taxiway_errors_total{purpose="verification",kind="column-missing"}')).toBe(1);
  expect(await metric('taxiway_requests_total{purpose="verification",code="400"}')).toBe(1);
  expect(await metric(`taxiway_model_info{name="tiny",version="7",digest="${tinyModelDigest}",image="${tinyEnvironment.IMAGE_DIGEST}"}`)).toBe(1);
});

test('health names the model and the columns it wants', async () => {
  expect((await app.inject('/health')).json()).toEqual({
    status: 'ready', model: { name: 'tiny', version: '7', digest: tinyModelDigest }, image: tinyEnvironment.IMAGE_DIGEST, pod: 'pod-1',
    columns: ['flight_id', 'scheduled_departure', 'departure_delay', 'distance', 'carrier', 'origin'],
    operatingPoint: { id: 'model', threshold: 0.5, source: 'validation' },
  });
  expect((await app.inject('/health/live')).statusCode).toBe(200);
  expect((await app.inject('/health/ready')).statusCode).toBe(200);
});

test('a service that is asked to end is not ready, and answers all the same', async () => {
  const { app: leaving, service: its } = await createTinyService();
  its.state.ready = false;
  expect((await leaving.inject('/health/ready')).statusCode).toBe(503);
  const answer = await leaving.inject({ method: 'POST', url: '/predict', payload: tinyRow });
  expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
});

test('a simulated fault begins after its rows, and is said from the first answer on', async () => {
  const { app: faulty } = await createTinyService({ environment: { SIMULATED_FAULT: 'slow=20ms,skew=0.3,after=2' } });
  const ask = async (): Promise<PredictAnswer> => (await faulty.inject({ method: 'POST', url: '/predict', payload: { rows: [tinyRow, tinyRow] } })).json<PredictAnswer>();
  const [before, after] = [await ask(), await ask()];
  expect(before).toMatchObject({ simulatedFault: 'slow=20ms,skew=0.3,after=2' });
  expect(before.predictions[0]?.probability).toBeCloseTo(tinyProbability(tinyRow), 6);
  expect(after.predictions[0]?.probability).toBeCloseTo(tinyProbability(tinyRow) + 0.3, 6);
  expect((await faulty.inject('/health')).json()).toMatchObject({ simulatedFault: 'slow=20ms,skew=0.3,after=2' });
  const text = async (): Promise<string> => (await faulty.inject('/metrics')).body;
  expect(await metric('taxiway_simulated_fault{fault="slow=20ms,skew=0.3,after=2"}', text)).toBe(1);
  expect(await metric('taxiway_request_duration_seconds_sum{purpose="traffic",outcome="success"}', text)).toBeGreaterThan(0.018);
});

test.each([
  ['throws', async () => Promise.reject(new Error('native crash')), 'internal'],
  ['answers no probability', async () => Float32Array.of(Number.NaN), 'score-invalid'],
])('a model that %s is a failure of the service, never a number', async (_name, score, code) => {
  const { app: broken } = await createTinyService({ scorer: { score } });
  const answer = await broken.inject({ method: 'POST', url: '/predict', payload: tinyRow });
  expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([500, code]);
});

test('a full queue answers 503 and when to come again', async () => {
  const { app: busy } = await createTinyService({ environment: { MAXIMUM_QUEUED_ROWS: '1' } });
  const ask = () => busy.inject({ method: 'POST', url: '/predict', payload: { rows: [tinyRow, tinyRow] } });
  const answers = await Promise.all([ask(), ask(), ask()]);
  const statuses = answers.map(({ statusCode }) => statusCode);
  expect(statuses).toContain(200);
  expect(statuses).toContain(503);
  expect(answers.find(({ statusCode }) => statusCode === 503)?.headers['retry-after']).toBe('1');
});
