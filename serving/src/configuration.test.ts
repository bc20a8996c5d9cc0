import { expect, test } from 'vitest';
import { tinyEnvironment } from '../test-fixtures/tiny-service.ts';
import { readConfiguration } from './configuration.ts';
import { StartError } from './start-error.ts';

test('the model lies beside the program unless said otherwise', () => {
  expect(readConfiguration({ ...tinyEnvironment, MODEL_PATH: '' }, '/app/server/index.js')).toMatchObject({ modelPath: '/app/model/model.onnx', host: '127.0.0.1', port: 8080, maximumRows: 1000, predictionLog: undefined });
});

test('the prediction log is a folder given as a file URL, or a bucket and a prefix', () => {
  expect(readConfiguration({ ...tinyEnvironment, PREDICTION_LOG: 'file:///tmp/with%20space' }, '/x/y').predictionLog).toEqual({ kind: 'folder', path: '/tmp/with space' });
  expect(readConfiguration({ ...tinyEnvironment, PREDICTION_LOG: 's3://bucket.name/predictions/local/' }, '/x/y').predictionLog).toEqual({ kind: 's3', bucket: 'bucket.name', prefix: 'predictions/local' });
  expect(readConfiguration({ ...tinyEnvironment, PREDICTION_LOG: 's3://bucket' }, '/x/y').predictionLog).toEqual({ kind: 's3', bucket: 'bucket', prefix: '' });
});

test.each([
  ['MODEL_DIGEST', ''],
  ['MODEL_DIGEST', 'sha256:abc'],
  ['PORT', '70000'],
  ['PORT', '8o'],
  ['POD_NAME', '../other'],
  ['PREDICTION_LOG', '/tmp/log'],
  ['PREDICTION_LOG', 's3://B/log'],
  ['PREDICTION_LOG', 's3://bucket/../log'],
  ['PREDICTION_LOG', 'https://bucket/log'],
  ['PREDICTION_LOG_SAMPLE', '1.5'],
  ['PREDICTION_LOG_SAMPLE', '10%'],
  ['SHADOW_MODEL_DIGEST', `sha256:${'0'.repeat(64)}`],
  ['LOG_LEVEL', 'loud'],
  ['MAXIMUM_ROWS', '0'],
  ['MAXIMUM_ROWS', '-1'],
  ['SIMULATED_FAULT', 'explode=1'],
])('%s = %j is refused by name', (name, value) => {
  const read = (): unknown => readConfiguration({ ...tinyEnvironment, [name]: value }, '/x/y');
  expect(read).toThrow(StartError);
  expect(read).toThrow(name);
});
