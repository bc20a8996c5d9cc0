import { afterAll, expect, test } from 'vitest';
import { binaryInfer, bytesElements, floatElements, type BinaryTensor } from '../../test-fixtures/binary-infer.ts';
import { linesOf, memorySink } from '../../test-fixtures/memory-sink.ts';
import { createTinyService, tinyModelDigest, tinyProbability, tinyRow } from '../../test-fixtures/tiny-service.ts';

const sink = memorySink();
const { app, service } = await createTinyService({ logSink: sink, environment: { MAXIMUM_BULK_ROWS: '5000' } });
afterAll(() => app.close());

interface Answer {
  readonly error?: string;
  readonly id?: string;
  readonly outputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[]; readonly data: readonly number[] }[];
}

const rows = [tinyRow, { ...tinyRow, departure_delay: 60, carrier: 'UA' }, { ...tinyRow, departure_delay: null, carrier: null }];
const column = (name: string, datatype: string, data: readonly unknown[]) => ({ name, datatype, shape: [data.length, 1], data });
const columns = [
  column('departure_delay', 'FP32', rows.map((row) => row.departure_delay)),
  column('distance', 'FP32', rows.map((row) => row.distance)),
  column('carrier', 'BYTES', rows.map((row) => row.carrier)),
  column('origin', 'BYTES', rows.map((row) => row.origin)),
];
const packed: readonly BinaryTensor[] = [
  { name: 'num', datatype: 'FP32', shape: [3, 2], bytes: floatElements(rows.flatMap((row) => [row.departure_delay ?? Number.NaN, row.distance])) },
  { name: 'cat', datatype: 'BYTES', shape: [3, 2], bytes: bytesElements(rows.flatMap((row) => [row.carrier ?? '', row.origin])) },
];
const post = (payload: string | object | Buffer, headers: Record<string, string> = {}, url = '/v2/models/tiny/infer') => app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, payload });
const expected = rows.map((row) => expect.closeTo(tinyProbability(row), 5) as number);

test('server and model say what they are and what they take', async () => {
  expect((await app.inject('/v2')).json()).toEqual({ name: 'taxiway-serving', version: '0.1.0', extensions: ['binary_tensor_data'] });
  expect((await app.inject('/v2/health/live')).json()).toEqual({ live: true });
  expect((await app.inject('/v2/health/ready')).json()).toEqual({ ready: true });
  expect((await app.inject('/v2/models/tiny/ready')).json()).toEqual({ name: 'tiny', ready: true });
  expect((await app.inject('/v2/models/tiny/versions/7/ready')).statusCode).toBe(200);
  expect((await app.inject('/v2/models/tiny/versions/7')).json()).toMatchObject({
    name: 'tiny', versions: ['7'], platform: 'onnx_onnxv1',
    inputs: [{ name: 'departure_delay', datatype: 'FP32', shape: [-1, 1] }, { name: 'distance' }, { name: 'carrier', datatype: 'BYTES', shape: [-1, 1] }, { name: 'origin' }],
    outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }, { name: 'decision', datatype: 'INT32', shape: [-1, 1] }],
  });
});

test('one tensor per column as JSON is answered with every output, the id and the threshold', async () => {
  const answer = await post({ id: '42', inputs: columns });
  expect(answer.json()).toEqual({
    model_name: 'tiny', model_version: '7', id: '42',
    parameters: { threshold: 0.5, operating_point: 'model', operating_point_source: 'validation', model_digest: tinyModelDigest },
    outputs: [{ name: 'probability', datatype: 'FP32', shape: [3, 1], data: expected }, { name: 'decision', datatype: 'INT32', shape: [3, 1], data: [0, 1, 0] }],
  });
});

test.each([0, 1, 2, 3])('packed binary tensors give the same, wherever they lie in memory (moved by %d)', async (shift) => {
  const { payload, headers } = binaryInfer(packed, { shift, members: { parameters: { binary_data_output: true } } });
  const answer = await post(payload, headers, '/v2/models/tiny/versions/7/infer');
  const headLength = Number(answer.headers['inference-header-content-length']);
  expect([answer.statusCode, answer.headers['content-type'], headLength % 8]).toEqual([200, 'application/octet-stream', 0]);
  const head = JSON.parse(answer.rawPayload.subarray(0, headLength).toString()) as { outputs: { name: string; parameters: { binary_data_size: number } }[] };
  expect(head.outputs.map(({ name, parameters }) => [name, parameters.binary_data_size])).toEqual([['probability', 12], ['decision', 12]]);
  const rest = new Uint8Array(answer.rawPayload.subarray(headLength)).buffer;
  expect([...new Float32Array(rest, 0, 3)]).toEqual(expected);
  expect([...new Int32Array(rest, 12, 3)]).toEqual([0, 1, 0]);
});

test('other numeric datatypes, flat shapes and nested data are read; outputs are those asked for', async () => {
  const numbers = Buffer.alloc(24);
  rows.forEach((row, index) => numbers.writeBigInt64LE(BigInt(row.distance), index * 8));
  const doubles = Buffer.from(Float64Array.from(rows, (row) => row.departure_delay ?? Number.NaN).buffer);
  const { payload, headers } = binaryInfer([{ name: 'distance', datatype: 'INT64', shape: [3], bytes: numbers }, { name: 'departure_delay', datatype: 'FP64', shape: [3, 1], bytes: doubles }, { name: 'cat', datatype: 'BYTES', shape: [3, 2], bytes: packed[1]?.bytes ?? Buffer.alloc(0) }], {
    members: { outputs: [{ name: 'decision' }, { name: 'probability' }] },
  });
  expect((await post(payload, headers)).json<Answer>().outputs.map(({ name, data }) => [name, data])).toEqual([['decision', [0, 1, 0]], ['probability', expected]]);
  const nested = { name: 'num', datatype: 'FP32', shape: [3, 2], data: rows.map((row) => [row.departure_delay, row.distance]) };
  expect((await post({ inputs: [nested, ...columns.slice(2)], outputs: [{ name: 'probability' }] })).json<Answer>().outputs).toMatchObject([{ data: expected }]);
});

test('bulk is scored run by run, every row in its place', async () => {
  const count = 4000;
  const delays = Array.from({ length: count }, (_, row) => row % 97);
  const { payload, headers } = binaryInfer([
    { name: 'num', datatype: 'FP32', shape: [count, 2], bytes: floatElements(delays.flatMap((delay) => [delay, 100])) },
    { name: 'cat', datatype: 'BYTES', shape: [count, 2], bytes: bytesElements(delays.flatMap((delay) => [delay % 2 ? 'AA' : 'a longer carrier', 'Zürich'])) },
  ]);
  const { outputs } = (await post(payload, headers)).json<Answer>();
  const truth = delays.map((delay) => tinyProbability({ departure_delay: delay, distance: 100, carrier: delay % 2 ? 'AA' : null }));
  expect(outputs[0]?.data.every((probability, row) => Math.abs(probability - (truth[row] ?? 2)) < 1e-5)).toBe(true);
});

const binaryCase = (change: Partial<BinaryTensor>, position = 0): { payload: Buffer; headers: Record<string, string> } => binaryInfer(packed.map((tensor, index) => (index === position ? { ...tensor, ...change } : tensor)));
test.each<[string, { payload: object | string | Buffer; headers?: Record<string, string> }, number, RegExp]>([
  ['another model', { payload: '' }, 404, /no model "other".*"tiny"/],
  ['no inputs', { payload: {} }, 400, /"inputs" is missing/],
  ['a list', { payload: '[]' }, 400, /not a JSON object/],
  ['JSON that ends early', { payload: '{"inputs":[' }, 400, /cannot be read/],
  ['bytes that are not UTF-8', { payload: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, 400, /not UTF-8/],
  ['a missing column', { payload: { inputs: columns.slice(1) } }, 400, /"departure_delay" is missing.*"num" \[rows, 2\]/],
  ['an unknown column', { payload: { inputs: [...columns, column('color', 'BYTES', ['a', 'b', 'c'])] } }, 400, /"color"/],
  ['a column twice', { payload: { inputs: [...columns, columns[0]] } }, 400, /"departure_delay" is sent twice/],
  ['a column both packed and by itself', { payload: { inputs: [...columns, { name: 'num', datatype: 'FP32', shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }] } }, 400, /"departure_delay" is sent twice/],
  ['rows that differ', { payload: { inputs: [column('departure_delay', 'FP32', [1]), ...columns.slice(1)] } }, 400, /"distance" has shape \[3, 1\]/],
  ['a text in a number', { payload: { inputs: [column('departure_delay', 'FP32', [1, 'NaN', 3]), ...columns.slice(1)] } }, 400, /Row 1, column "departure_delay" is "NaN"/],
  ['a number in a text', { payload: { inputs: [...columns.slice(0, 3), column('origin', 'BYTES', ['JFK', 7, 'JFK'])] } }, 400, /Row 1, column "origin" is 7/],
  ['BYTES for a number', { payload: { inputs: [column('departure_delay', 'BYTES', ['1', '2', '3']), ...columns.slice(1)] } }, 400, /"departure_delay" is BYTES/],
  ['an unknown datatype', { payload: { inputs: [column('departure_delay', 'FP16', [1, 2, 3])] } }, 400, /"FP16".*FP32/],
  ['a shape that lies', { payload: { inputs: [{ ...columns[0], shape: [2, 1] }, ...columns.slice(1)] } }, 400, /"departure_delay" has 3 elements; its shape \[2, 1\] makes 2/],
  ['a shape of no numbers', { payload: { inputs: [{ ...columns[0], shape: [-3] }] } }, 400, /"shape"/],
  ['a huge shape', { payload: { inputs: [{ ...columns[0], shape: [1e9, 1e9] }] } }, 400, /"distance" is missing/],
  ['too many rows', { payload: { inputs: columns.map((tensor) => ({ ...tensor, shape: [5001, 1] })) } }, 413, /5001 rows; at most 5000/],
  ['no rows', { payload: { inputs: columns.map((tensor) => ({ ...tensor, shape: [0, 1], data: [] })) } }, 400, /no rows/],
  ['an unknown output', { payload: { inputs: columns, outputs: [{ name: 'logit' }] } }, 400, /"logit".*probability/],
  ['infinity in bytes', binaryCase({ bytes: floatElements([1, 2, 3, Number.NEGATIVE_INFINITY, 5, 6]) }), 400, /Row 1, column "distance" is -Infinity/],
  ['too few bytes', binaryCase({ bytes: floatElements([1, 2]) }), 400, /"num" has 8 bytes/],
  ['a text beyond its bytes', binaryCase({ bytes: Buffer.from([255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }, 1), 400, /"cat"/],
  ['a text that is not UTF-8', binaryCase({ bytes: bytesElements(['AA', Buffer.from([0xc3]), 'AA', 'b', 'AA', 'c']) }, 1), 400, /"cat" has a text that is not UTF-8/],
  ['a head longer than the body', { payload: { inputs: columns }, headers: { 'inference-header-content-length': '999999' } }, 400, /Inference-Header-Content-Length/],
  ['bytes of no tensor', { payload: Buffer.concat([Buffer.from(JSON.stringify({ inputs: columns })), Buffer.from('xx')]), headers: { 'inference-header-content-length': String(JSON.stringify({ inputs: columns }).length) } }, 400, /2 bytes behind/],
  ['a JSON part that is too large', { payload: JSON.stringify({ inputs: columns }).padEnd(4_200_000) }, 413, /4200000 bytes; at most 4194304.*as bytes/],
  ['a JSON part that is too large behind its header', { payload: JSON.stringify({ inputs: columns }).padEnd(4_200_000), headers: { 'inference-header-content-length': '4200000' } }, 413, /4200000 bytes/],
  ['a million lists', { payload: `{"inputs":[${'[],'.repeat(999_999)}[]]}` }, 413, /1000002 lists and objects/],
  ['a compressed body', { payload: { inputs: columns }, headers: { 'content-encoding': 'gzip' } }, 415, /content encoding "gzip"/],
  ['another content type', { payload: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, /application\/octet-stream/],
])('%s is refused as the protocol says, and the message says what is wrong', async (...[name, { payload, headers }, status, message]) => {
  const answer = await post(payload, headers, name === 'another model' ? '/v2/models/other/infer' : undefined);
  expect([answer.statusCode, answer.json<Answer>().error]).toEqual([status, expect.stringMatching(message)]);
  expect((await post({ inputs: columns })).statusCode).toBe(200);
});

test("a body without a content type is read, as Triton's own client sends it", async () => {
  const { payload, headers } = binaryInfer(packed);
  const { 'content-type': _, ...untyped } = headers as Record<string, string>;
  expect((await app.inject({ method: 'POST', url: '/v2/models/tiny/infer', headers: untyped, payload })).statusCode).toBe(200);
});

test('rows are logged where they say their key and event time, and not otherwise', async () => {
  await service.log?.flush();
  sink.files.clear();
  await post({ inputs: columns });
  await service.log?.flush();
  expect(sink.files.size).toBe(0);
  const named = [column('flight_id', 'BYTES', ['F0', 'F1', 'F2']), column('scheduled_departure', 'BYTES', rows.map((row) => row.scheduled_departure))];
  await post({ inputs: [...columns, ...named] });
  await service.log?.flush();
  expect(linesOf(sink.files).map((line) => line['columns'])).toEqual(rows.map((row, index) => ({ ...row, flight_id: `F${index}` })));
  const refused = await post({ inputs: [...columns, named[0], column('scheduled_departure', 'BYTES', ['2013-05-01T10:15:00Z', 'yesterday', '2013-05-01T10:15:00Z'])] });
  expect([refused.statusCode, refused.json<Answer>().error]).toEqual([400, expect.stringContaining('Row 1, column "scheduled_departure"')]);
});

const int64 = (name: string, values: readonly bigint[]): BinaryTensor => ({ name, datatype: 'INT64', shape: [values.length], bytes: Buffer.from(BigInt64Array.from(values).buffer) });
const times = { name: 'scheduled_departure', datatype: 'BYTES', shape: [3], bytes: bytesElements(rows.map((row) => row.scheduled_departure)) };
test.each<[string, BinaryTensor[], RegExp]>([
  ['beyond 2^53', [int64('flight_id', [1n, 2n ** 53n + 1n, 3n]), times], /Row 1, column "flight_id".*larger ones as text/],
  ['of another length', [int64('flight_id', [1n, 2n]), times], /"flight_id" has shape \[2\]; it must be \[3, 1\]/],
  ['empty', [{ name: 'flight_id', datatype: 'BYTES', shape: [3], bytes: bytesElements(['a', '', 'c']) }], /Row 1, column "flight_id" is ""/],
  ['infinite', [{ name: 'flight_id', datatype: 'FP64', shape: [3], bytes: Buffer.from(Float64Array.of(1, 2, Infinity).buffer) }], /Row 2, column "flight_id" is Infinity/],
  ['in place of a moment', [int64('scheduled_departure', [1n, 2n, 3n])], /Row 0, column "scheduled_departure" is 1/],
])('a key %s is refused, whether its row would be logged or not', async (_name, labels, message) => {
  const { app: unlogged } = await createTinyService();
  const { payload, headers } = binaryInfer([...packed, ...labels]);
  for (const [its, purpose] of [[app, 'traffic'], [app, 'verification'], [unlogged, 'traffic']] as const) {
    const answer = await its.inject({ method: 'POST', url: '/v2/models/tiny/infer', headers: { ...headers, 'x-taxiway-purpose': purpose }, payload });
    expect([answer.statusCode, answer.json<Answer>().error]).toEqual([400, expect.stringMatching(message)]);
  }
  await unlogged.close();
});

test('numbers are logged as they were sent, as far as 32 bits tell', async () => {
  await service.log?.flush();
  sink.files.clear();
  const numbers = { name: 'num', datatype: 'FP32', shape: [3, 2], bytes: floatElements([0.1, 2475, -12.7, 1e-7, Number.NaN, 0.5]) };
  const { payload, headers } = binaryInfer([numbers, ...packed.slice(1), int64('flight_id', [1n, 2n ** 53n - 1n, -3n]), times]);
  expect((await post(payload, headers)).statusCode).toBe(200);
  await service.log?.flush();
  expect(linesOf(sink.files).map((line) => line['columns'])).toMatchObject([
    { flight_id: 1, departure_delay: 0.1, distance: 2475 },
    { flight_id: 9007199254740991, departure_delay: -12.7, distance: 1e-7 },
    { flight_id: -3, departure_delay: null, distance: 0.5 },
  ]);
});

test('only so many large bodies are taken at a time', async () => {
  const count = 5000;
  const { payload, headers } = binaryInfer([
    { name: 'num', datatype: 'FP32', shape: [count, 2], bytes: Buffer.alloc(count * 8) },
    { name: 'cat', datatype: 'BYTES', shape: [count, 2], bytes: bytesElements(Array.from({ length: count * 2 }, () => 'a category of a name as long as this one is')) },
  ]);
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(payload, { ...headers, 'content-length': String(payload.length) })));
  expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 200, 503, 503, 503]);
  expect(answers.find(({ statusCode }) => statusCode === 503)?.headers['retry-after']).toBe('1');
  expect((await post(payload, headers)).statusCode).toBe(200);
  expect(service.state.requestsInFlight).toBe(0);
});
