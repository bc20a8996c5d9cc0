import { writeFileSync } from 'node:fs';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

/**
 * Writes tiny.onnx: `node serving/test-fixtures/make-tiny-model.ts`.
 * probability = sigmoid(0.1 · delay − 0.001 · distance + (carrier is 'AA' ? 1 : carrier is 'UA' ? −1 : 0) − 1), missing numbers as 0.
 */
const graph = new GraphBuilder();
const numbers = graph.input('num', 'float', ['rows', 2]);
const strings = graph.input('cat', 'string', ['rows', 2]);
const missing = graph.apply('IsNaN', [numbers], { shape: ['rows', 2], type: 'bool' });
const filled = graph.apply('Where', [missing, graph.scalar(0), numbers], { shape: ['rows', 2], type: 'float' });
const linear = graph.apply('MatMul', [filled, graph.constant({ type: 'float', shape: [2, 1], data: [0.1, -0.001] })], { shape: ['rows', 1] });
const [carrier] = graph.split(strings, [1, 1], 1);
if (!carrier) throw new Error('split gave nothing');
const effect = graph.apply('LabelEncoder', [carrier], {
  shape: ['rows', 1],
  type: 'float',
  domain: 'ai.onnx.ml',
  attributes: { keys_strings: { kind: 'strings', value: ['AA', 'UA'] }, values_floats: { kind: 'floats', value: [1, -1] }, default_float: { kind: 'float', value: 0 } },
});
const sum = graph.apply('Add', [graph.apply('Add', [linear, effect], { shape: ['rows', 1] }), graph.scalar(-1)], { shape: ['rows', 1] });
graph.output(graph.apply('Sigmoid', [sum], { shape: ['rows', 1] }), 'probability');

const metadata = {
  'taxiway.numbers': ['departure_delay', 'distance'],
  'taxiway.strings': ['carrier', 'origin'],
  'taxiway.key': ['flight_id', 'scheduled_departure'],
  'taxiway.event-time': 'scheduled_departure',
  'taxiway.threshold': 0.5,
  'taxiway.label': 'delayed',
  'taxiway.pipeline': 'tiny',
};
const model = graph.model('tiny', Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)])));
writeFileSync(new URL('tiny.onnx', import.meta.url), model);
