import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { seriesOfExposition } from '../../test-fixtures/psi-of-exposition.ts';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';
import { StartError } from '../start-error.ts';
import { openTracing } from './open-tracing.ts';
import type { RequestTracing } from './request-tracing.ts';

interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
interface Batch {
  readonly resourceSpans: readonly { readonly resource: Pick<ReceivedSpan, 'attributes'>; readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[] }[];
}

let batches: Batch[] = [];
/** An OTLP receiver over HTTP. */
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    if (request.url === '/v1/traces') batches.push(JSON.parse(body) as Batch);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
let endpoint = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});
beforeEach(() => {
  batches = [];
});
afterEach(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
});

const identity = { model: { name: 'tiny', version: '7', digest: 'sha256:m' }, pod: 'pod-1' };
async function open(environment: Record<string, string> = {}): Promise<RequestTracing> {
  // The exporter reads its own variables from the process.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? endpoint;
  const tracing = await openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...environment }, identity);
  if (tracing === undefined) throw new Error('no traces');
  return tracing;
}
const received = (): ReceivedSpan[] => batches.flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
const attribute = (of: Pick<ReceivedSpan, 'attributes'> | undefined, key: string): unknown => Object.values(of?.attributes.find((entry) => entry.key === key)?.value ?? {})[0];
const caller = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };

test('a request continues its caller\'s trace, with its wait and its run of the model inside', async () => {
  const tracing = await open();
  const { app } = await createTinyService({ tracing });
  const answer = await app.inject({ method: 'POST', url: '/predict', payload: { rows: [tinyRow, tinyRow] }, headers: { traceparent: `00-${caller.trace}-${caller.span}-01`, 'x-request-id': 'r1' } });
  expect(answer.statusCode).toBe(200);
  await app.inject('/health');
  await tracing.close(5000);
  const spans = received();
  expect(spans.map(({ name }) => name).sort()).toEqual(['POST /predict', 'model run', 'queue']);
  const [server, queue, run] = ['POST /predict', 'queue', 'model run'].map((name) => spans.find((span) => span.name === name));
  expect([server?.traceId, server?.parentSpanId]).toEqual([caller.trace, caller.span]);
  expect([queue?.parentSpanId, run?.parentSpanId]).toEqual([server?.spanId, server?.spanId]);
  expect(['http.response.status_code', 'taxiway.rows', 'taxiway.batch.rows'].map((key) => Number(attribute(server, key)))).toEqual([200, 2, 2]);
  expect(attribute(server, 'taxiway.request.id')).toBe('r1');
  const times = [server?.startTimeUnixNano, queue?.startTimeUnixNano, run?.startTimeUnixNano, run?.endTimeUnixNano, server?.endTimeUnixNano].map((time) => BigInt(time ?? 0));
  expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  expect(attribute(batches[0]?.resourceSpans[0]?.resource, 'service.version')).toBe('7');
});

test('a refused request is a span with its status', async () => {
  const tracing = await open();
  const { app } = await createTinyService({ tracing });
  await app.inject({ method: 'POST', url: '/predict', payload: {} });
  await tracing.close(5000);
  expect(received().map((span) => [span.name, Number(attribute(span, 'http.response.status_code'))])).toEqual([['POST /predict', 400]]);
});

test('the span of a caller that hangs up ends with it, and says so', async () => {
  const tracing = await open();
  const { app, service } = await createTinyService({ tracing });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{');
  await expect.poll(() => service.state.requestsInFlight).toBe(1);
  socket.resetAndDestroy();
  await expect.poll(() => service.state.requestsInFlight).toBe(0);
  await app.close();
  await tracing.close(5000);
  expect(received().map((span) => [span.name, attribute(span, 'error.type'), attribute(span, 'http.response.status_code')])).toEqual([['POST /predict', 'client-closed', undefined]]);
});

test.each(['00-zzz', `00-${'0'.repeat(32)}-${caller.span}-01`, `ff-${caller.trace}-${caller.span}-01`, `00-${caller.trace}-${caller.span}-01-more`])('a malformed traceparent (%s) begins a new trace', async (traceparent) => {
  const tracing = await open();
  const { app } = await createTinyService({ tracing });
  await app.inject({ method: 'POST', url: '/predict', payload: tinyRow, headers: { traceparent } });
  await tracing.close(5000);
  const server = received().find(({ name }) => name === 'POST /predict');
  expect(server?.parentSpanId ?? '').toBe('');
  expect(server?.traceId).not.toBe(caller.trace);
});

test.each<[string, string, string, number]>([
  ['always_off', '1', '01', 0],
  ['traceidratio', '0', '01', 0],
  ['parentbased_always_off', '1', '01', 3],
  ['parentbased_always_on', '1', '00', 0],
])('the sampler %s with %s and a caller that says %s sends %i spans', async (...row) => {
  const [sampler, argument, flags, count] = row;
  const tracing = await open({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument });
  const { app } = await createTinyService({ tracing });
  await app.inject({ method: 'POST', url: '/predict', payload: tinyRow, headers: { traceparent: `00-${caller.trace}-${caller.span}-${flags}` } });
  await tracing.close(5000);
  expect(received()).toHaveLength(count);
});

test.each([[{ OTEL_TRACES_SAMPLER: 'some' }], [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }]])('%o is refused by name', async (environment) => {
  await expect(open(environment)).rejects.toThrow(StartError);
});

test.each([[{}], [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' }], [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }]])('no traces with %o', async (environment) => {
  expect(await openTracing(environment, identity)).toBeUndefined();
});

test('a receiver that is down costs spans, which are counted, and no answer; the end does not wait for it', async () => {
  const tracing = await open({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  const { app } = await createTinyService({ tracing });
  const answer = await app.inject({ method: 'POST', url: '/predict', payload: tinyRow });
  expect(answer.statusCode).toBe(200);
  await tracing.close(50);
  const ended = seriesOfExposition((await app.inject('/metrics')).body).filter(({ name }) => name === 'taxiway_trace_spans_total');
  expect(Object.fromEntries(ended.map(({ labels, value }) => [labels['result'], value]))).toMatchObject({ ended: 3, exported: 0 });
});
