import type { Call, Operator } from './call.ts';
import type { Tensor } from './tensorflow.ts';

/** α·A′·B′ + β·C, A′ and B′ transposed where the attributes say so. */
const gemm: Operator = (call) => {
  const { tf } = call;
  const scaled = (value: Tensor, factor: number): Tensor => (factor === 1 ? value : tf.mul(value, tf.scalar(factor)));
  const product = scaled(tf.matMul(call.tensor(0), call.tensor(1), call.number('transA', 0) === 1, call.number('transB', 0) === 1), call.number('alpha', 1));
  return call.inputs[2] ? tf.add(product, scaled(call.tensor(2), call.number('beta', 1))) : product;
};

/** The axes are an input of ReduceSum and an attribute of ReduceMean in opset 17; none means all. */
const reduced = (name: 'sum' | 'mean', axes: (call: Call) => readonly number[] | undefined): Operator => (call) =>
  call.tf[name](call.tensor(0), axes(call), call.number('keepdims', 1) === 1);

export const matrix: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: (call) => call.tf.matMul(call.tensor(0), call.tensor(1), false, false),
  Transpose: (call) => call.tf.transpose(call.tensor(0), call.list('perm')),
  ReduceSum: reduced('sum', (call) => (call.inputs[1] ? call.integers(1) : undefined)),
  ReduceMean: reduced('mean', (call) => call.list('axes')),
};
