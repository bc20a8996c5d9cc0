import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tinyModelBytes, tinyModelDigest, tinyModelPath, tinyProbability } from '../../test-fixtures/tiny-service.ts';
import { withModelMetadata } from '../../../src/onnx/model-metadata.ts';
import { loadModel } from './load-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'taxiway-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Loads bytes under their own digest. */
function load(bytes: Uint8Array): ReturnType<typeof loadModel> {
  const path = join(folder, `${digestOf(bytes).slice(7, 20)}.onnx`);
  writeFileSync(path, bytes);
  return loadModel({ path, digest: digestOf(bytes), name: undefined, version: '1' });
}

/** A protobuf field that holds bytes; short enough for one-byte lengths. */
const field = (number: number, content: Uint8Array): Uint8Array => Uint8Array.of(number * 8 + 2, content.length, ...content);
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const metadata = (key: string, value: string): Uint8Array => field(14, Uint8Array.of(...field(1, text(key)), ...field(2, text(value))));
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

test('a model says its columns, and answers what its formula says', async () => {
  const model = await load(tinyModelBytes);
  expect(model).toMatchObject({ name: 'tiny', digest: tinyModelDigest });
  expect(model.description).toEqual({
    numbers: ['departure_delay', 'distance'], strings: ['carrier', 'origin'], key: ['flight_id', 'scheduled_departure'], eventTime: 'scheduled_departure', threshold: 0.5, pipeline: 'tiny',
  });
  const scores = await model.scorer.score({ count: 2, numbers: Float32Array.of(20, 2475, Number.NaN, Number.NaN), strings: ['AA', 'JFK', '', ''] });
  expect(scores[0]).toBeCloseTo(tinyProbability({ departure_delay: 20, distance: 2475, carrier: 'AA' }), 6);
  expect(scores[1]).toBeCloseTo(tinyProbability({ departure_delay: null, distance: null, carrier: null }), 6);
});

test('a model with another digest than asked for is not served', async () => {
  await expect(loadModel({ path: tinyModelPath, digest: `sha256:${'0'.repeat(64)}`, name: undefined, version: '1' })).rejects.toThrow('it is not served');
});

test('a model that keeps weights in another file is refused', async () => {
  const graph = field(7, field(5, Uint8Array.of(14 * 8, 1)));
  await expect(load(joined(tinyModelBytes.subarray(0, 2), graph))).rejects.toThrow('in another file');
  const insideNode = field(7, field(1, field(5, field(5, field(13, text('x'))))));
  await expect(load(insideNode)).rejects.toThrow('is refused');
});

test.each([
  ['no ONNX', text('this is no model'), 'not valid protobuf'],
  ['truncated', tinyModelBytes.subarray(0, 700), 'not valid protobuf'],
  ['empty', new Uint8Array(), 'holds no graph'],
])('a file that is %s is refused', async (_name, bytes, says) => {
  await expect(load(bytes)).rejects.toThrow(says);
});

test('a model whose metadata contradicts its inputs, or itself, is refused', async () => {
  await expect(load(withModelMetadata(tinyModelBytes, { 'taxiway.numbers': '["a"]' }))).rejects.toThrow('takes 2 columns');
  await expect(load(withModelMetadata(tinyModelBytes, { 'taxiway.strings': '["a","a"]' }))).rejects.toThrow('taxiway.strings');
  await expect(load(withModelMetadata(tinyModelBytes, { 'taxiway.threshold': '"high"' }))).rejects.toThrow('taxiway.threshold');
  await expect(load(joined(tinyModelBytes, metadata('taxiway.threshold', '0.4')))).rejects.toThrow('twice');
});

test('a file larger than any model is not read', async () => {
  const path = join(folder, 'huge.onnx');
  writeFileSync(path, '');
  // A file with a hole: it takes no room.
  truncateSync(path, 100 * 2 ** 30);
  await expect(loadModel({ path, digest: tinyModelDigest, name: undefined, version: '1' })).rejects.toThrow('107374182400 bytes');
});

test('a missing file is named', async () => {
  await expect(loadModel({ path: '/nowhere/model.onnx', digest: tinyModelDigest, name: undefined, version: '1' })).rejects.toThrow('/nowhere/model.onnx');
});
