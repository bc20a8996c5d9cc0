import { UserError } from '../../errors.ts';
import type { GraphSession, GraphTensor, GraphTensors } from '../../ports/training-engine.ts';

/** What onnxruntime-node and onnxruntime-web have in common. */
export interface OnnxRuntimeModule {
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => NativeTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: unknown): Promise<NativeSession> };
  readonly env?: { logLevel?: string; readonly versions?: { readonly node?: string; readonly web?: string } };
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

function fromNative(name: string, tensor: NativeTensor): GraphTensor {
  const { dims, data } = tensor;
  if (data instanceof Float32Array) return { type: 'float32', dims, data };
  if (data instanceof Int32Array) return { type: 'int32', dims, data };
  if (data instanceof BigInt64Array) return { type: 'int64', dims, data };
  throw new Error(`output ${name} has the unexpected element type ${tensor.type}`);
}

/** Opens a graph with either module. @throws UserError `engine-unavailable` */
export async function openRuntimeSession(runtime: OnnxRuntimeModule, model: Uint8Array, options: object): Promise<GraphSession> {
  const session = await runtime.InferenceSession.create(model, options).catch((cause: unknown) => {
    throw new UserError('engine-unavailable', `ONNX Runtime could not open the graph: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  return {
    async run(feeds: GraphTensors): Promise<GraphTensors> {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, new runtime.Tensor(tensor.type, tensor.data, tensor.dims)]));
      const outputs = await session.run(inputs);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromNative(name, tensor)]));
    },
    release: () => session.release(),
  };
}

/** Options of a session of onnxruntime-node; results do not depend on the number of threads. */
export function sessionOptions(executionProviders: readonly string[], threads = 0): object {
  return {
    executionProviders: [...executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    // Threads that wait must not burn the processor that others on the machine could use.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
