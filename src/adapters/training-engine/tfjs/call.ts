import { UserError } from '../../../errors.ts';
import type { OnnxNode } from '../../../onnx/read-graph.ts';
import type { HostTensor } from './host-tensor.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

export type Value = Tensor | HostTensor;

export const isHost = (value: Value): value is HostTensor => 'host' in value;

/** One node about to run, with its operands and attributes as the operators want them. */
export class Call {
  readonly tf: TensorFlow;
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | undefined)[];

  constructor(tf: TensorFlow, node: OnnxNode, inputs: readonly (Value | undefined)[]) {
    this.tf = tf;
    this.node = node;
    this.inputs = inputs;
  }

  value(index: number): Value {
    const value = this.inputs[index];
    if (!value) throw unsupported(this.node, `without input ${index}`);
    return value;
  }

  /** The input in TensorFlow; 64-bit integers become 32-bit ones. */
  tensor(index: number): Tensor {
    const value = this.value(index);
    if (!isHost(value)) return value;
    if (value.host === 'string') throw unsupported(this.node, 'on texts');
    return this.tf.tensor(Int32Array.from(value.data as readonly number[]), value.shape, 'int32');
  }

  /** The input as numbers in JavaScript: sizes and axes. */
  integers(index: number): readonly number[] {
    const value = this.value(index);
    if (!isHost(value)) return Array.from(value.dataSync());
    if (value.host === 'string') throw unsupported(this.node, 'on texts');
    return value.data as readonly number[];
  }

  number(name: string, fallback: number): number {
    const value = this.node.attributes.get(name);
    return typeof value === 'number' ? value : fallback;
  }

  list(name: string): readonly number[] | undefined {
    const value = this.node.attributes.get(name);
    return Array.isArray(value) ? (value as readonly number[]) : undefined;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.node.attributes.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : undefined;
  }
}

export type Operator = (call: Call) => Value | readonly Value[];

export const operatorName = ({ domain, operator }: OnnxNode): string => (domain === '' ? operator : `${domain}.${operator}`);

export function unsupported(node: OnnxNode, how: string): UserError {
  return new UserError('engine-unavailable', `TensorFlow.js does not run ${operatorName(node)} ${how}`, { hint: 'Train with engine: onnxruntime, which runs every ONNX operator.' });
}
