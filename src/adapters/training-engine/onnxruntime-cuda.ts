import { UserError } from '../../errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NativeModules } from '../../ports/native-modules.ts';
import type { TrainingEngine } from '../../ports/training-engine.ts';
import { loadOnnxRuntime } from './onnxruntime.ts';
import { openRuntimeSession, sessionOptions } from './onnxruntime-session.ts';
import { millisecondsPerStep, probeGraph } from './step-probe.ts';

export interface CudaOptions {
  readonly logger: Logger;
  /** Whether the pipeline pins this engine: then it is used even where the processor is faster. */
  readonly pinned: boolean;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

const batch = 1024;
/** A batch of a sixteenth that takes more than this share of the time: starting kernels is what a step waits for. */
const launchBoundShare = 0.7;

interface ProbedTimes {
  readonly cuda: number;
  readonly cudaSmall: number;
  readonly cpu: number;
}

async function probe(native: NativeModules, now?: () => number): Promise<ProbedTimes> {
  const runtime = loadOnnxRuntime(native);
  // An explicit `cuda` throws where its libraries are missing, even with `cpu` listed after it: that is the answer wanted here.
  const cuda = await openRuntimeSession(runtime, probeGraph(), sessionOptions(['cuda', 'cpu'])).catch((cause: unknown) => {
    throw new UserError('engine-unavailable', `CUDA cannot be used here: ${firstLine(cause)}`, {
      hint: 'It needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and onnxruntime-node installed with npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12.',
      cause,
    });
  });
  const cpu = await openRuntimeSession(runtime, probeGraph(), sessionOptions(['cpu']));
  try {
    return { cuda: await millisecondsPerStep(cuda, batch, now), cudaSmall: await millisecondsPerStep(cuda, batch / 16, now), cpu: await millisecondsPerStep(cpu, batch, now) };
  } finally {
    await cuda.release();
    await cpu.release();
  }
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
}

/**
 * ONNX Runtime on an NVIDIA graphics card. A step of a small network is measured on both devices first; unless the pipeline pins
 * the card, a processor that is as fast is preferred.
 *
 * The Node binding binds device buffers for WebGPU only, so a run copies its feeds to the card: once for 64 steps, because the
 * epoch graph gathers its batches there (docs/decisions/0010-engines-run-one-graph.md).
 * @throws UserError `engine-unavailable`
 */
export async function openCudaEngine(native: NativeModules, { logger, pinned, now }: CudaOptions): Promise<TrainingEngine> {
  const times = await probe(native, now);
  // The times go to the log only: what is recorded with a model must be the same when its training is run again.
  const bound = times.cudaSmall > launchBoundShare * times.cuda ? 'launch-bound' : 'compute-bound';
  logger.info(`A step at batch ${batch}: graphics card ${times.cuda.toFixed(2)} ms (${bound}), processor ${times.cpu.toFixed(2)} ms`);
  const slower = times.cpu <= times.cuda;
  if (slower && !pinned) {
    throw new UserError('engine-unavailable', `the graphics card is no faster than the processor on a network of this size (${bound})`, { hint: 'Pin it with engine: onnxruntime-cuda if the network is much larger.' });
  }
  const runtime = loadOnnxRuntime(native);
  return {
    name: 'onnxruntime-cuda',
    description: `onnxruntime-node ${runtime.env?.versions?.node ?? ''} on CUDA: ${bound}, ${slower ? 'no faster' : 'faster'} than the processor on a small network`,
    openSession: (model) => openRuntimeSession(runtime, model, sessionOptions(['cuda', 'cpu'])),
  };
}
