import { createRequire } from 'node:module';
import { openCudaEngine } from '../../src/adapters/training-engine/onnxruntime-cuda.ts';
import { openEpochRunner } from '../../src/delaynet/epoch-runner.ts';
import { initializeParameters } from '../../src/delaynet/initialize-parameters.ts';
import { parameterLayout } from '../../src/delaynet/parameter-layout.ts';
import type { OptimizerState } from '../../src/delaynet/training-state.ts';
import { UserError } from '../../src/errors.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { type BenchOptions, type BenchReport, type BenchResult, median } from '../bench-report.ts';
import { learningRate, plan, trainingRows } from '../training/training-case.ts';
import { startGpuPeer } from './pytorch-peer.ts';

const seed = 2013;
const largeBatch = 32_768;

/**
 * Bytes that a step cannot avoid to move, were everything else fused: its rows read once, each layer's activations written and read
 * once, and weights, average, gradient and both moments read and written once.
 */
export function leastBytes(batch: number): number {
  const { network } = plan;
  const layout = parameterLayout(network);
  const rowFloats = network.denseWidth + network.embeddings.length + 2;
  const activations = network.layers.reduce((sum, { layer }) => sum + (layer.type === 'dense' ? layer.units : 0), 0) + network.embeddings.reduce((sum, { dimensions }) => sum + dimensions, 0) + 2;
  return 4 * (batch * (rowFloats + 2 * activations) + 2 * 5 * layout.total);
}

/** Wall milliseconds of an epoch with the rows sent to the card as a training sends them. */
async function startOurs(engine: TrainingEngine, rows: ReturnType<typeof trainingRows>, batchSize: number) {
  const runner = await openEpochRunner({ plan, rows: rows.encoded, targets: rows.targets, batchSize, seed, engine });
  const layout = parameterLayout(plan.network);
  const weights = initializeParameters(layout, seed);
  let state: OptimizerState = { weights, average: weights, first: new Float32Array(layout.trainable), second: new Float32Array(layout.trainable), step: 0 };
  let epoch = 0;
  return {
    epoch: async () => {
      epoch += 1;
      const start = performance.now();
      const result = await runner.run(state, epoch, learningRate);
      state = result.state;
      return { milliseconds: performance.now() - start, loss: result.loss };
    },
    end: () => runner.release(),
  };
}

async function compare(engine: TrainingEngine, batch: number, { quick }: BenchOptions): Promise<BenchResult[]> {
  const steps = quick ? 8 : Math.max(20, Math.floor(655_360 / batch));
  const rounds = quick ? 3 : 9;
  const rows = trainingRows(steps * batch);
  const sides = { ours: await startOurs(engine, rows, batch), pytorch: await startGpuPeer(rows, batch) };
  const { device, bandwidth } = sides.pytorch;
  const times = { ours: [] as number[], pytorch: [] as number[] };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const side of ['ours', 'pytorch'] as const) {
        const { milliseconds, loss } = await sides[side].epoch();
        console.log(`batch ${batch}, round ${round} of ${rounds}: ${side} ${(steps * batch / milliseconds * 1000).toFixed(0)} rows/s, loss ${loss.toFixed(4)}`);
        if (round > 0) times[side].push(milliseconds);
      }
    }
  } finally {
    await sides.ours.end();
    await sides.pytorch.end();
  }
  const [ours, theirs, floor] = [median(times.ours) / steps, median(times.pytorch) / steps, (1000 * leastBytes(batch)) / bandwidth];
  const metric = `ms_per_step_batch_${batch}`;
  console.log(`${device}, batch ${batch}: ${((1000 * batch) / ours).toFixed(0)} rows/s, PyTorch ${((1000 * batch) / theirs).toFixed(0)}, memory allows ${((1000 * batch) / floor).toFixed(0)}`);
  return [
    { metric, ours, peer: 'pytorch with CUDA graphs', peerValue: theirs, ratio: ours / theirs, bar: null, rounds },
    { metric, ours, peer: 'memory-bandwidth floor', peerValue: floor, ratio: ours / floor, bar: null, rounds },
  ];
}

/** The flight-delay network's epoch on a graphics card: batches of 1,024 and large ones, PyTorch's CUDA graphs in turn on the same rows. */
export async function benchGpu(options: BenchOptions): Promise<BenchReport> {
  let engine: TrainingEngine;
  try {
    engine = await openCudaEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger, pinned: true });
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    console.error(`bench gpu needs an NVIDIA graphics card: ${cause.message}. ${cause.hint ?? ''}`);
    process.exit(1);
  }
  console.log(engine.description);
  const results: BenchResult[] = [];
  for (const batch of [1024, largeBatch]) results.push(...(await compare(engine, batch, options)));
  return { bench: 'gpu', results };
}
