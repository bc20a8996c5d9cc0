import { type Call, isHost, type Operator, type Value } from './call.ts';
import { axisOf, concatHost, elementCount, gatherHost, hostIntegers, type HostTensor } from './host-tensor.ts';
import type { Tensor } from './tensorflow.ts';

/** The same elements under another shape. */
const reshaped = (call: Call, value: Value, shape: readonly number[]): Value => (isHost(value) ? { ...value, shape } : call.tf.reshape(value, shape));

/** 0 keeps a size, −1 takes what is left. */
function requestedShape(value: Value, wanted: readonly number[]): number[] {
  const kept = wanted.map((size, index) => (size === 0 ? (value.shape[index] ?? 0) : size));
  const known = kept.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return kept.map((size) => (size === -1 ? elementCount(value.shape) / known : size));
}

const squeeze: Operator = (call) => {
  const value = call.value(0);
  const axes = call.inputs[1] ? call.integers(1).map((axis) => axisOf(axis, value.shape.length)) : undefined;
  return reshaped(call, value, value.shape.filter((size, index) => (axes ? !axes.includes(index) : size !== 1)));
};

const unsqueeze: Operator = (call) => {
  const value = call.value(0);
  const added = call.integers(1);
  const rank = value.shape.length + added.length;
  const axes = added.map((axis) => axisOf(axis, rank));
  const rest = [...value.shape];
  return reshaped(call, value, Array.from({ length: rank }, (_, index) => (axes.includes(index) ? 1 : (rest.shift() ?? 1))));
};

const concat: Operator = (call) => {
  const values = call.inputs.map((_, index) => call.value(index));
  const axis = axisOf(call.number('axis', 0), values[0]?.shape.length ?? 0);
  const inHost = values.filter((value): value is HostTensor => isHost(value));
  return inHost.length === values.length ? concatHost(inHost, axis) : call.tf.concat(values.map((_, index) => call.tensor(index)), axis);
};

const split: Operator = (call) => {
  const value = call.tensor(0);
  return call.tf.split(value, call.integers(1), axisOf(call.number('axis', 0), value.shape.length));
};

const gather: Operator = (call) => {
  const value = call.value(0);
  const axis = axisOf(call.number('axis', 0), value.shape.length);
  if (isHost(value)) return gatherHost(value, { data: call.integers(1), shape: call.value(1).shape }, axis);
  return call.tf.gather(value, call.tensor(1), axis);
};

/** Start, end and axis of every sliced axis; steps are 1. */
const slice: Operator = (call) => {
  const value = call.value(0);
  const [starts, ends] = [call.integers(1), call.integers(2)];
  const axes = call.inputs[3] ? call.integers(3) : starts.map((_, index) => index);
  const begin = value.shape.map(() => 0);
  const size = [...value.shape];
  axes.forEach((given, index) => {
    const axis = axisOf(given, value.shape.length);
    const length = value.shape[axis] ?? 0;
    const position = (place: number): number => Math.min(length, Math.max(0, place < 0 ? place + length : place));
    begin[axis] = position(starts[index] ?? 0);
    size[axis] = Math.max(0, position(ends[index] ?? length) - begin[axis]);
  });
  if (!isHost(value)) return call.tf.slice(value, begin, size);
  const range = (axis: number): number[] => Array.from({ length: size[axis] ?? 0 }, (_, index) => index + (begin[axis] ?? 0));
  return value.shape.reduce<HostTensor>((part, _, axis) => gatherHost(part, { data: range(axis), shape: [size[axis] ?? 0] }, axis), value);
};

/** ONNX broadcasts both ways: a size of 1 in the wanted shape keeps the value's own. */
const expand: Operator = (call) => {
  const value = call.tensor(0);
  const wanted = call.integers(1);
  const rank = Math.max(wanted.length, value.shape.length);
  const sizeAt = (shape: readonly number[], index: number): number => shape[shape.length - rank + index] ?? 1;
  const shape = Array.from({ length: rank }, (_, index) => (sizeAt(wanted, index) === 1 ? sizeAt(value.shape, index) : sizeAt(wanted, index)));
  return call.tf.broadcastTo(value, shape);
};

const oneHot: Operator = (call) => {
  const values: Tensor = call.tensor(2);
  const [off = 0, on = 1] = values.dataSync();
  const [depth = 0] = call.integers(1);
  return call.tf.cast(call.tf.oneHot(call.tensor(0), depth, on, off), 'float32');
};

export const shape: Readonly<Record<string, Operator>> = {
  Identity: (call) => call.value(0),
  Shape: (call) => hostIntegers(call.value(0).shape),
  Reshape: (call) => reshaped(call, call.value(0), requestedShape(call.value(0), call.integers(1))),
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Gather: gather,
  Slice: slice,
  Expand: expand,
  OneHot: oneHot,
};
