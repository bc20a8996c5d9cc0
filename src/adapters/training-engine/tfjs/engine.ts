import { type OnnxGraph, type OnnxTensor, readModelGraph } from '../../../onnx/read-graph.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { NativeModules } from '../../../ports/native-modules.ts';
import type { GraphSession, GraphTensor, GraphTensors, TrainingEngine } from '../../../ports/training-engine.ts';
import { isHost, type Value } from './call.ts';
import { loadTensorFlow } from './load-tensorflow.ts';
import { requireOperators, runGraph, uploadConstants } from './run-graph.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

function toValue(tf: TensorFlow, tensor: GraphTensor): Value {
  switch (tensor.type) {
    case 'float32':
    case 'int32':
      return tf.tensor(tensor.data, tensor.dims, tensor.type);
    case 'int64':
      return { host: 'int64', shape: tensor.dims, data: Array.from(tensor.data, Number) };
    case 'string':
      return { host: 'string', shape: tensor.dims, data: tensor.data };
  }
}

function toGraphTensor(name: string, value: Value): GraphTensor {
  const dims = [...value.shape];
  if (isHost(value)) {
    if (value.host === 'string') return { type: 'string', dims, data: value.data as readonly string[] };
    return { type: 'int64', dims, data: BigInt64Array.from(value.data as readonly number[], BigInt) };
  }
  const data = value.dataSync();
  if (data instanceof Float32Array) return { type: 'float32', dims, data };
  if (data instanceof Int32Array) return { type: 'int32', dims, data };
  throw new Error(`output ${name} has the unexpected element type ${value.dtype}`);
}

function runOnce(tf: TensorFlow, graph: OnnxGraph, run: { readonly constants: ReadonlyMap<OnnxTensor, Value>; readonly feeds: GraphTensors }): GraphTensors {
  let outputs: GraphTensors = {};
  tf.tidy((): Tensor[] => {
    const given = new Map(Object.entries(run.feeds).map(([name, tensor]) => [name, toValue(tf, tensor)]));
    const values = runGraph({ tf, constants: run.constants }, graph, (name) => given.get(name));
    outputs = Object.fromEntries(graph.outputs.flatMap((name, index) => (values[index] ? [[name, toGraphTensor(name, values[index])]] : [])));
    return [];
  });
  return outputs;
}

/**
 * TensorFlow.js as the training engine: it interprets the very graphs that ONNX Runtime executes, so weights and exported model
 * come out the same but for rounding.
 * @throws UserError `engine-unavailable` where the library is missing or does not load
 */
export function openTfjsEngine(native: NativeModules, options: { readonly logger: Logger }): TrainingEngine {
  const { tf, module } = loadTensorFlow(native, options.logger);
  const device = tf.backend().isUsingGpuDevice === true ? 'graphics card' : 'CPU';
  return {
    name: 'tfjs',
    description: `${module} ${tf.version['tfjs-node'] ?? tf.version['tfjs'] ?? ''} on the ${device}`,
    async openSession(model: Uint8Array): Promise<GraphSession> {
      const graph = readModelGraph(model);
      requireOperators(graph);
      const constants = uploadConstants(tf, graph);
      return {
        async run(feeds) {
          return runOnce(tf, graph, { constants, feeds });
        },
        async release() {
          for (const value of constants.values()) if (!isHost(value)) value.dispose();
          constants.clear();
        },
      };
    },
  };
}
