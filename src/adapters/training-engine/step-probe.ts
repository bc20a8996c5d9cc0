import { compileEpochGraph } from '../../delaynet/epoch-graph.ts';
import { initializeParameters } from '../../delaynet/initialize-parameters.ts';
import { planNetwork } from '../../delaynet/network-plan.ts';
import { parameterLayout } from '../../delaynet/parameter-layout.ts';
import { averagingSchema, networkSchema, optimizerSchema } from '../../delaynet/training-schema.ts';
import type { GraphSession, GraphTensors } from '../../ports/training-engine.ts';

const width = 96;
const rows = 1024;
const probeSteps = 32;

/** A network of DelayNet's size: what is measured on it holds for a training of tens of thousands of parameters, not of millions. */
const plan = {
  network: planNetwork(networkSchema.parse({ layers: [{ type: 'dense', units: 128 }, { type: 'dense', units: 64 }], head: { type: 'sigmoid' } }), { denseWidth: width, embeddings: [] }),
  loss: { negative: 1, positive: 1, gamma: 0 },
  optimizer: optimizerSchema.parse({ type: 'adamw', 'learning-rate': 0.001, 'weight-decay': 0.01 }),
  averaging: averagingSchema.parse({ type: 'exponential', decay: 0.995 }),
};

export const probeGraph = (): Uint8Array => compileEpochGraph(plan);

/** Feeds of `steps` optimiser steps on `batch` rows each. What the numbers are does not change what a step costs. */
function probeFeeds(steps: number, batch: number): GraphTensors {
  const layout = parameterLayout(plan.network);
  const weights = initializeParameters(layout, 1);
  const zeros = (): Float32Array => new Float32Array(layout.trainable);
  const vector = (data: Float32Array) => ({ type: 'float32', dims: [data.length], data }) as const;
  return {
    weights: vector(weights),
    average: vector(weights),
    first: vector(zeros()),
    second: vector(zeros()),
    step: { type: 'float32', dims: [], data: Float32Array.of(0) },
    learningRate: { type: 'float32', dims: [], data: Float32Array.of(0.001) },
    dense: { type: 'float32', dims: [rows, width], data: Float32Array.from({ length: rows * width }, (_, index) => (index % 13) / 13) },
    targets: { type: 'float32', dims: [rows, 1], data: Float32Array.from({ length: rows }, (_, index) => index % 2) },
    batches: { type: 'int32', dims: [steps, batch], data: Int32Array.from({ length: steps * batch }, (_, index) => index % rows) },
  };
}

/** Wall milliseconds of a step, the first run left out: it allocates and tunes. */
export async function millisecondsPerStep(session: GraphSession, batch: number, now: () => number = () => performance.now()): Promise<number> {
  const feeds = probeFeeds(probeSteps, batch);
  await session.run(feeds);
  const start = now();
  await session.run(feeds);
  return (now() - start) / probeSteps;
}
