import { lossWeights } from '../../src/delaynet/loss.ts';
import { planNetwork } from '../../src/delaynet/network-plan.ts';
import { parameterLayout } from '../../src/delaynet/parameter-layout.ts';
import { averagingSchema, lossSchema, networkSchema, optimizerSchema } from '../../src/delaynet/training-schema.ts';
import { trainingCuts } from '../../src/delaynet/head.ts';
import { lossAndGradient, unpackParameters, type TrainingGraphPlan } from '../../src/delaynet/training-step.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import type { GraphSession } from '../../src/ports/training-engine.ts';
import type { Random } from '../../src/statistics/random.ts';

const rows = 12;

/** A plan over three numbers and one embedded carrier. */
export function gradientPlan(network: unknown, loss: unknown): TrainingGraphPlan {
  return {
    network: planNetwork(networkSchema.parse(network), { denseWidth: 3, embeddings: [{ column: 'carrier', vocabulary: ['AA', 'UA'], dimensions: 2 }] }),
    loss: lossWeights(lossSchema.parse(loss), 0.3),
    optimizer: optimizerSchema.parse({ type: 'adam', 'learning-rate': 0.001 }),
    averaging: averagingSchema.parse({ type: 'none' }),
  };
}

/** A graph with a fixed batch inside: parameters in, loss and gradient out. */
export function gradientModel(plan: TrainingGraphPlan, random: Random): Uint8Array {
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

export async function evaluateGradient(session: GraphSession, weights: Float32Array): Promise<{ loss: number; gradient: Float32Array }> {
  const { loss, gradient } = await session.run({ weights: { type: 'float32', dims: [weights.length], data: weights } });
  if (loss?.type !== 'float32' || gradient?.type !== 'float32') throw new Error('unexpected outputs');
  return { loss: loss.data[0] ?? NaN, gradient: gradient.data };
}

/** The derivative of the loss for one weight by fourth-order central differences: steps large enough for float32, small enough for curvature. */
export async function finiteDifference(session: GraphSession, weights: Float32Array, index: number): Promise<number> {
  const step = 4e-3;
  const lossAt = async (change: number): Promise<number> => (await evaluateGradient(session, weights.map((value, at) => (at === index ? value + change : value)))).loss;
  const near = (await lossAt(step)) - (await lossAt(-step));
  const far = (await lossAt(2 * step)) - (await lossAt(-2 * step));
  return (8 * near - far) / (12 * step);
}
