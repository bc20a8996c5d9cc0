import { describe, expect, it } from 'vitest';
import { everyTransform, everyTransformTable } from '../../../../test/builders/every-transform.ts';
import { compileEpochGraph } from '../../../delaynet/epoch-graph.ts';
import { exportModel } from '../../../delaynet/export-model.ts';
import { initializeParameters } from '../../../delaynet/initialize-parameters.ts';
import { compileLogitGraph } from '../../../delaynet/logit-graph.ts';
import { lossWeights } from '../../../delaynet/loss.ts';
import { planNetwork } from '../../../delaynet/network-plan.ts';
import { parameterLayout } from '../../../delaynet/parameter-layout.ts';
import { averagingSchema, lossSchema, networkSchema, optimizerSchema } from '../../../delaynet/training-schema.ts';
import { compileFeatureGraph } from '../../../features/feature-graph.ts';
import { fitFeatures } from '../../../features/fit-features.ts';
import { transformTable } from '../../../features/transform-table.ts';
import { GraphBuilder } from '../../../onnx/graph-builder.ts';
import { inspectModel } from '../../../onnx/inspect-model.ts';
import { readModelGraph } from '../../../onnx/read-graph.ts';
import { operators } from './operators.ts';
import { requireOperators } from './run-graph.ts';

const layers = [
  { type: 'dropout', rate: 0.1 },
  { type: 'dense', units: 9, activation: 'relu' },
  { type: 'batch-norm' },
  { type: 'dense', units: 3, activation: 'tanh' },
  { type: 'dense', units: 4, activation: 'linear' },
];
const heads = [{ type: 'sigmoid' }, { type: 'delay', observed: 'wind', target: 'late', cut: 15, 'auxiliary-cuts': [0, 30] }];
const losses = [{ type: 'cross-entropy', 'class-weights': 'balanced' }, { type: 'cross-entropy' }, { type: 'focal', gamma: 2 }, { type: 'focal', gamma: 3.5 }];
const optimizers = [{ type: 'adam', 'learning-rate': 0.001, 'weight-decay': 1e-5 }, { type: 'adamw', 'learning-rate': 0.001, 'weight-decay': 0.01 }];
const averagings = [{ type: 'none' }, { type: 'exponential', decay: 0.99 }];

/** Every graph that a training opens, over all choices that change its operators. */
function graphs(): Uint8Array[] {
  const table = everyTransformTable(60);
  const fitted = fitFeatures(everyTransform, { table, labels: Float64Array.from({ length: 60 }, (_, row) => row % 2), observed: 'wind' });
  const features = compileFeatureGraph(everyTransform, fitted);
  // Beyond 512 categories an embedding's gradient is made another way.
  const many = { column: 'origin', vocabulary: Array.from({ length: 600 }, (_, index) => `A${index}`), dimensions: 2 };
  const of = (head: unknown, embeddings: Parameters<typeof planNetwork>[1]['embeddings']) => planNetwork(networkSchema.parse({ layers, head }), { denseWidth: features.names.length, embeddings });
  const small = heads.map((head) => of(head, features.embedded));
  const calibration = { slope: 1.1, offset: 0.1 };
  const trainings = [...small, ...heads.map((head) => of(head, [many]))].flatMap((network) =>
    losses.flatMap((loss) =>
      optimizers.flatMap((optimizer) =>
        averagings.map((averaging) => compileEpochGraph({ network, loss: lossWeights(lossSchema.parse(loss), 0.3), optimizer: optimizerSchema.parse(optimizer), averaging: averagingSchema.parse(averaging) })),
      ),
    ),
  );
  const models = small.map((plan) => exportModel({ features: everyTransform, fitted, plan, weights: initializeParameters(parameterLayout(plan), 1), calibration, label: 'late' }));
  return [features.model, ...small.map(compileLogitGraph), ...models, ...trainings];
}

describe('operators of the TensorFlow.js engine', () => {
  it('are tried with every transform', () => {
    expect(everyTransform.map(({ transform }) => transform).sort()).toEqual(Object.keys(transformTable).sort());
  });

  it('cover every graph of a training', () => {
    for (const model of graphs()) expect(() => requireOperators(readModelGraph(model))).not.toThrow();
  });

  it('are no more than the graphs of Taxiway use', () => {
    const used = new Set(graphs().flatMap((model) => Object.keys(inspectModel(model).operators)));
    expect(Object.keys(operators).filter((name) => !used.has(name))).toEqual([]);
  });

  it('are looked for in the bodies of loops too, with one clear error', () => {
    const graph = new GraphBuilder();
    const body = new GraphBuilder('body.');
    body.output(body.apply('Erf', [body.input('body.x', 'float', [])], { shape: [] }), 'body.y');
    graph.applyNamed('Scan', [graph.input('x', 'float', ['n'])], { outputs: [{ name: 'y', type: 'float', shape: ['n'] }], attributes: { body: { kind: 'graph', value: body.graph('body') }, num_scan_inputs: { kind: 'integer', value: 1 } } });
    expect(() => requireOperators(readModelGraph(graph.model('loop')))).toThrow(expect.objectContaining({ code: 'engine-unavailable', message: 'TensorFlow.js does not run Erf at all' }));
  });
});
