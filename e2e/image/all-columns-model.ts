import { clientColumns } from '../../src/gate/golden-requests.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import type { LoadedPipeline } from '../../src/pipeline/load-pipeline.ts';
import { digestOf } from '../../src/artifacts/digest.ts';

/** A model that takes every column of the pipeline and minds one: probability = sigmoid(departure_delay / 50 − 1). Its metadata are what training writes. */
export function allColumnsModel({ definition, datasetQuery }: LoadedPipeline): Uint8Array {
  const { key } = definition.data.dataset;
  const features = clientColumns(definition).filter((name) => !key.includes(name));
  const strings = features.filter((name) => definition.columns[name]?.type === 'string');
  const numbers = features.filter((name) => !strings.includes(name));
  const graph = new GraphBuilder();
  const input = graph.input('num', 'float', ['rows', numbers.length]);
  graph.input('cat', 'string', ['rows', strings.length]);
  const missing = graph.apply('IsNaN', [input], { shape: ['rows', numbers.length], type: 'bool' });
  const filled = graph.apply('Where', [missing, graph.scalar(0), input], { shape: ['rows', numbers.length], type: 'float' });
  const weights = numbers.map((name) => (name === 'departure_delay' ? 1 / 50 : 0));
  const linear = graph.apply('MatMul', [filled, graph.constant({ type: 'float', shape: [numbers.length, 1], data: weights })], { shape: ['rows', 1] });
  graph.output(graph.apply('Sigmoid', [graph.apply('Add', [linear, graph.scalar(-1)], { shape: ['rows', 1] })], { shape: ['rows', 1] }), 'probability');
  const metadata = { numbers, strings, key, 'event-time': definition.data.dataset['event-time'], threshold: 0.5, pipeline: definition.name, 'dataset-query-digest': digestOf(datasetQuery) };
  return graph.model('all-columns', Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`taxiway.${name}`, JSON.stringify(value)])));
}
