import { UserError } from '../../errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { NativeModules } from '../../ports/native-modules.ts';
import type { GraphSession, GraphTensor, GraphTensors, TrainingEngine } from '../../ports/training-engine.ts';

/** The part of onnxruntime-node that is used. */
interface OnnxRuntimeModule {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => NativeTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: unknown): Promise<NativeSession> };
}

interface NativeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface NativeSession {
  run(feeds: Record<string, NativeTensor>): Promise<Record<string, NativeTensor>>;
  release(): Promise<void>;
}

export interface OnnxRuntimeOptions {
  readonly logger: Logger;
  /** In order of preference; `cpu` is always the last resort. */
  readonly executionProviders?: readonly ('cpu' | 'cuda')[];
  /** Threads inside one operator. Results do not depend on it. */
  readonly threads?: number;
}

function fromNative(name: string, tensor: NativeTensor): GraphTensor {
  const { dims, data } = tensor;
  if (data instanceof Float32Array) return { type: 'float32', dims, data };
  if (data instanceof Int32Array) return { type: 'int32', dims, data };
  if (data instanceof BigInt64Array) return { type: 'int64', dims, data };
  throw new Error(`output ${name} has the unexpected element type ${tensor.type}`);
}

/** ONNX Runtime as the training engine: CPU, or CUDA where its libraries are present. */
export function createOnnxRuntimeEngine(native: NativeModules, options: OnnxRuntimeOptions): TrainingEngine {
  let runtime: OnnxRuntimeModule | undefined;
  let providers = options.executionProviders ?? ['cpu'];
  const load = (): OnnxRuntimeModule => {
    process.env['ORT_DISABLE_TELEMETRY'] = '1';
    runtime ??= native.load('onnxruntime-node') as OnnxRuntimeModule;
    return runtime;
  };
  const create = (model: Uint8Array): Promise<NativeSession> =>
    load().InferenceSession.create(model, {
      executionProviders: [...providers],
      intraOpNumThreads: options.threads ?? 0,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
      // Threads that wait must not burn the processor that others on the machine could use.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });

  async function createWithFallback(model: Uint8Array): Promise<NativeSession> {
    try {
      return await create(model);
    } catch (cause) {
      // An explicit `cuda` throws where its libraries are missing, even with `cpu` listed after it.
      if (!providers.includes('cuda')) throw new UserError('engine-unavailable', `ONNX Runtime could not open the graph: ${String(cause)}`, { cause });
      options.logger.warn(`CUDA is not available here (${String(cause)}); training goes on with the CPU.`);
      providers = ['cpu'];
      return create(model);
    }
  }

  return {
    name: 'onnxruntime',
    async openSession(model: Uint8Array): Promise<GraphSession> {
      const session = await createWithFallback(model);
      const { Tensor } = load();
      return {
        async run(feeds: GraphTensors): Promise<GraphTensors> {
          const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, new Tensor(tensor.type, tensor.data, tensor.dims)]));
          const outputs = await session.run(inputs);
          return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromNative(name, tensor)]));
        },
        release: () => session.release(),
      };
    },
  };
}
