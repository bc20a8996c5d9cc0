import { elementTypeCodes } from '../../../onnx/element-type.ts';
import { type Call, isHost, type Operator, unsupported } from './call.ts';
import { hostIntegers } from './host-tensor.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

type Named<Shape> = { readonly [Name in keyof TensorFlow]: TensorFlow[Name] extends Shape ? Name : never }[keyof TensorFlow];
type UnaryName = Named<(value: Tensor) => Tensor>;
type BinaryName = Exclude<Named<(left: Tensor, right: Tensor) => Tensor>, UnaryName>;

const unary = (name: UnaryName): Operator => (call) => call.tf[name](call.tensor(0));

/** TensorFlow broadcasts as ONNX does. `Min` and `Max` take any number of operands. */
const folded = (name: BinaryName): Operator => (call) =>
  call.inputs.slice(1).reduce<Tensor>((result, _, index) => call.tf[name](result, call.tensor(index + 1)), call.tensor(0));

/** Row numbers and sizes are reckoned in JavaScript when both operands are there, scalars repeated. */
const reckoned = (name: BinaryName, reckon: (left: number, right: number) => number): Operator => (call) => {
  const [left, right] = [call.value(0), call.value(1)];
  if (!isHost(left) || !isHost(right)) return folded(name)(call);
  const [a, b] = [call.integers(0), call.integers(1)];
  if (a.length !== b.length && a.length !== 1 && b.length !== 1) throw unsupported(call.node, 'on integers of different shapes');
  const data = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => reckon(a[a.length === 1 ? 0 : index] ?? 0, b[b.length === 1 ? 0 : index] ?? 0));
  return hostIntegers(data, a.length >= b.length && left.shape.length >= right.shape.length ? left.shape : right.shape);
};

const bounded = (tf: TensorFlow, value: Tensor, bounds: { readonly low: Tensor | undefined; readonly high: Tensor | undefined }): Tensor => {
  const raised = bounds.low ? tf.maximum(value, bounds.low) : value;
  return bounds.high ? tf.minimum(raised, bounds.high) : raised;
};

/** max(0, min(1, α·x + β)). */
const hardSigmoid: Operator = (call) => {
  const { tf } = call;
  const line = tf.add(tf.mul(call.tensor(0), tf.scalar(call.number('alpha', 0.2))), tf.scalar(call.number('beta', 0.5)));
  return bounded(tf, line, { low: tf.scalar(0), high: tf.scalar(1) });
};

const clip: Operator = (call) => bounded(call.tf, call.tensor(0), { low: call.inputs[1] && call.tensor(1), high: call.inputs[2] && call.tensor(2) });

function cast(call: Call): ReturnType<Operator> {
  const code = call.number('to', 0);
  switch (code) {
    case elementTypeCodes.float:
      return call.tf.cast(call.tensor(0), 'float32');
    case elementTypeCodes.int32:
      return call.tf.cast(call.tensor(0), 'int32');
    case elementTypeCodes.bool:
      return call.tf.cast(call.tensor(0), 'bool');
    case elementTypeCodes.int64:
      return hostIntegers(call.integers(0).map(Math.trunc), call.value(0).shape);
    default:
      throw unsupported(call.node, `to element type ${code}`);
  }
}

export const elementWise: Readonly<Record<string, Operator>> = {
  Add: reckoned('add', (left, right) => left + right),
  Sub: reckoned('sub', (left, right) => left - right),
  Mul: reckoned('mul', (left, right) => left * right),
  Div: folded('div'),
  Pow: folded('pow'),
  Min: folded('minimum'),
  Max: folded('maximum'),
  GreaterOrEqual: folded('greaterEqual'),
  Neg: unary('neg'),
  Sqrt: unary('sqrt'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Relu: unary('relu'),
  Softplus: unary('softplus'),
  HardSigmoid: hardSigmoid,
  Clip: clip,
  IsNaN: unary('isNaN'),
  Where: (call) => call.tf.where(call.tensor(0), call.tensor(1), call.tensor(2)),
  Cast: cast,
};
