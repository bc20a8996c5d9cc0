import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { GraphSession } from '../ports/training-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { trainingCuts } from './head.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { lossWeights } from './loss.ts';
import { planNetwork } from './network-plan.ts';
import { parameterLayout } from './parameter-layout.ts';
import { averagingSchema, lossSchema, networkSchema, optimizerSchema } from './training-schema.ts';
import { lossAndGradient, unpackParameters, type TrainingGraphPlan } from './training-step.ts';

const rows = 12;
const random = createRandom('gradient');
const sigmoid = { type: 'sigmoid' };
const delay = { type: 'delay', observed: 'd', target: 'a', cut: 15 };
const dense = (activation: string) => ({ type: 'dense', units: 5, activation });
const crossEntropy = { type: 'cross-entropy' };

function planOf(network: unknown, loss: unknown): TrainingGraphPlan {
  return {
    network: planNetwork(networkSchema.parse(network), { denseWidth: 3, embeddings: [{ column: 'carrier', vocabulary: ['AA', 'UA'], dimensions: 2 }] }),
    loss: lossWeights(lossSchema.parse(loss), 0.3),
    optimizer: optimizerSchema.parse({ type: 'adam', 'learning-rate': 0.001 }),
    averaging: averagingSchema.parse({ type: 'none' }),
  };
}

/** A graph with a fixed batch inside: parameters in, loss and gradient out. */
function gradientModel(plan: TrainingGraphPlan): Uint8Array {
  const graph = new GraphBuilder();
  const layout = parameterLayout(plan.network);
  const floats = (width: number, next: () => number) => graph.constant({ type: 'float', shape: [rows, width], data: Float32Array.from({ length: rows * width }, next) });
  const cuts = trainingCuts(plan.network.head).length;
  const batch = {
    inputs: { dense: floats(3, () => random.normal()), ids: [graph.constant({ type: 'int32', shape: [rows], data: Int32Array.from({ length: rows }, (_, row) => row % 3) })] },
    observed: floats(1, () => 10 + 8 * random.normal()),
    targets: floats(cuts, () => random.integer(2)),
    learningRate: graph.scalar(0.001),
    dropoutMask: ({ inputs }: { inputs: number }) => floats(inputs, () => (random.next() < 0.2 ? 0 : 1.25)),
  };
  const parameters = unpackParameters(graph, graph.input('weights', 'float', [layout.total]), layout);
  const { loss, gradient } = lossAndGradient(graph, plan, { parameters, batch });
  graph.output(loss, 'loss');
  graph.output(gradient, 'gradient');
  return graph.model('gradient');
}

async function evaluate(session: GraphSession, weights: Float32Array): Promise<{ loss: number; gradient: Float32Array }> {
  const { loss, gradient } = await session.run({ weights: { type: 'float32', dims: [weights.length], data: weights } });
  if (loss?.type !== 'float32' || gradient?.type !== 'float32') throw new Error('unexpected outputs');
  return { loss: loss.data[0] ?? NaN, gradient: gradient.data };
}

describe('the gradient agrees with finite differences of the loss', () => {
  it.each<[string, unknown, unknown]>([
    ['logistic regression', { layers: [], head: sigmoid }, crossEntropy],
    ['dense relu', { layers: [dense('relu')], head: sigmoid }, crossEntropy],
    ['dense tanh', { layers: [dense('tanh')], head: sigmoid }, crossEntropy],
    ['dense linear', { layers: [dense('linear')], head: sigmoid }, crossEntropy],
    ['dense layer of ordinary width', { layers: [{ ...dense('tanh'), units: 9 }], head: sigmoid }, crossEntropy],
    ['dropout', { layers: [{ type: 'dropout', rate: 0.2 }, dense('tanh'), { type: 'dropout', rate: 0.2 }], head: sigmoid }, crossEntropy],
    ['batch-norm', { layers: [dense('linear'), { type: 'batch-norm' }, dense('tanh')], head: sigmoid }, crossEntropy],
    ['delay head', { layers: [dense('tanh')], head: delay }, crossEntropy],
    ['delay head with auxiliary cuts', { layers: [dense('tanh')], head: { ...delay, 'auxiliary-cuts': [0, 30] } }, crossEntropy],
    ['focal loss, γ = 2', { layers: [dense('tanh')], head: sigmoid }, { type: 'focal' }],
    ['focal loss, γ = 1.5', { layers: [dense('tanh')], head: delay }, { type: 'focal', gamma: 1.5, alpha: 0.6 }],
    ['focal loss, γ = 1', { layers: [], head: sigmoid }, { type: 'focal', gamma: 1, alpha: 0.5 }],
    ['balanced class weights', { layers: [dense('tanh')], head: sigmoid }, { ...crossEntropy, 'class-weights': 'balanced' }],
    ['given class weights', { layers: [dense('tanh')], head: sigmoid }, { ...crossEntropy, 'class-weights': { negative: 1, positive: 3 } }],
  ])('%s', async (name, network, loss) => {
    const plan = planOf(network, loss);
    const layout = parameterLayout(plan.network);
    const session = await onnxRuntimeEngine().openSession(gradientModel(plan));
    const weights = initializeParameters(layout, 3).map((value) => value + 0.1 * random.normal());
    if (name === 'dense relu') {
      // Half of the units on, half off, none near the kink, where differences say nothing.
      const bias = layout.parameters.find((parameter) => parameter.name === 'dense1.bias');
      for (let unit = 0; unit < 5; unit++) weights[(bias?.offset ?? NaN) + unit] = unit % 2 === 0 ? 6 : -6;
    }
    const { gradient } = await evaluate(session, weights);
    expect(gradient).toHaveLength(layout.trainable);
    const lossAt = async (index: number, step: number): Promise<number> => (await evaluate(session, weights.map((value, at) => (at === index ? value + step : value)))).loss;
    // Fourth-order central differences: steps large enough for float32, small enough for curvature.
    const step = 4e-3;
    for (let index = 0; index < layout.trainable; index++) {
      const near = (await lossAt(index, step)) - (await lossAt(index, -step));
      const far = (await lossAt(index, 2 * step)) - (await lossAt(index, -2 * step));
      const expected = (8 * near - far) / (12 * step);
      const actual = gradient[index] ?? NaN;
      expect(Math.abs(actual - expected), `parameter ${index}: ${actual} against ${expected}`).toBeLessThan(3e-4 * Math.max(1, Math.abs(expected)));
    }
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    await session.release();
  });
});
