import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { optimizerStep } from './optimizer-step.ts';
import { optimizerSchema } from './training-schema.ts';

const weights = [0.5, -0.25, 1];
const gradient = [0.1, -2, 0.003];
/** The first two weights have decay. */
const layout = { parameters: [], decayed: 2, trainable: 3, total: 3 };

async function runSteps(optimizer: unknown, steps: number): Promise<number[]> {
  const graph = new GraphBuilder();
  const vector = (data: number[]) => graph.constant({ type: 'float', shape: [3], data });
  let state = { weights: vector(weights), first: vector([0, 0, 0]), second: vector([0, 0, 0]) };
  for (let step = 1; step <= steps; step++) {
    state = optimizerStep(graph, { ...state, gradient: vector(gradient), step: graph.scalar(step), learningRate: graph.scalar(0.01) }, { optimizer: optimizerSchema.parse(optimizer), layout });
  }
  graph.output(state.weights, 'weights');
  const session = await onnxRuntimeEngine().openSession(graph.model('optimizer'));
  const { weights: result } = await session.run({});
  await session.release();
  if (result?.type !== 'float32') throw new Error('no weights');
  return [...result.data];
}

/** The update rules as their papers print them, in plain arithmetic. */
function reference(type: 'adam' | 'adamw', decay: number, steps: number): number[] {
  return weights.map((start, index) => {
    let [weight, first, second] = [start, 0, 0];
    const rate = index < layout.decayed ? decay : 0;
    for (let step = 1; step <= steps; step++) {
      const slope = (gradient[index] ?? 0) + (type === 'adam' ? rate * weight : 0);
      first = 0.9 * first + 0.1 * slope;
      second = 0.999 * second + 0.001 * slope * slope;
      const move = first / (1 - 0.9 ** step) / (Math.sqrt(second / (1 - 0.999 ** step)) + 1e-8);
      weight -= 0.01 * (move + (type === 'adamw' ? rate * weight : 0));
    }
    return weight;
  });
}

describe.each(['adam', 'adamw'] as const)('%s', (type) => {
  it.each([0, 0.1])('follows its paper for 20 steps with weight decay %d on decayed weights only', async (decay) => {
    const actual = await runSteps({ type, 'learning-rate': 0.01, 'weight-decay': decay }, 20);
    reference(type, decay, 20).forEach((expected, index) => expect(actual[index]).toBeCloseTo(expected, 5));
  });
});
