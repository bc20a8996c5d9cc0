import { elementTypeCodes } from './element-type.ts';
import type { ModelNode } from './inspect-graph.ts';
import { refuseModel } from './strict-message.ts';

/** A size of a value: a number, or as many as rows are asked about. */
export type ServedDimension = number | 'rows';
export type ServedShape = readonly ServedDimension[];

/** What is known of a node's inputs before anything runs. */
export interface NodeInputs {
  readonly shapes: readonly ServedShape[];
  /** The whole numbers of a constant input. @throws where it is none, or no list of whole numbers */
  integers(index: number): readonly number[];
}

type ShapeRule = (inputs: NodeInputs, node: ModelNode) => readonly ServedShape[];

const shapeAt = (inputs: NodeInputs, index: number): ServedShape => {
  const shape = inputs.shapes[index];
  if (shape === undefined) throw refuseModel(`a node has no input ${index}`);
  return shape;
};

const same: ShapeRule = (inputs) => [shapeAt(inputs, 0)];

const broadcast: ShapeRule = (inputs) => {
  const rank = Math.max(...inputs.shapes.map((shape) => shape.length));
  const shape: ServedDimension[] = Array.from({ length: rank }, () => 1);
  for (const input of inputs.shapes) {
    input.forEach((size, index) => {
      const at = rank - input.length + index;
      const known = shape[at];
      if (known !== 1 && size !== 1 && known !== size) throw refuseModel('two inputs of a node have sizes that do not fit');
      if (known === 1) shape[at] = size;
    });
  }
  return [shape];
};

const axisOf = (value: number, rank: number): number => {
  const axis = value < 0 ? value + rank : value;
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank) throw refuseModel(`a node names the axis ${value} of ${rank}`);
  return axis;
};

const integerOf = (node: ModelNode, name: string, otherwise: number): number => node.attributes.get(name)?.integers[0] ?? otherwise;

/** What one row is answered must not depend on the rows beside it. */
const keepRowsApart = (size: ServedDimension | undefined): void => {
  if (size === 'rows') throw refuseModel('a node mixes the rows of a request');
};

const concat: ShapeRule = (inputs, node) => {
  const first = shapeAt(inputs, 0);
  const axis = axisOf(integerOf(node, 'axis', 0), first.length);
  let total = 0;
  for (const shape of inputs.shapes) {
    const size = shape[axis];
    if (typeof size !== 'number' || shape.length !== first.length || shape.some((other, index) => index !== axis && other !== first[index])) throw refuseModel('values of other sizes are joined');
    total += size;
  }
  return [first.map((size, index) => (index === axis ? total : size))];
};

const gather: ShapeRule = (inputs, node) => {
  const data = shapeAt(inputs, 0);
  const axis = axisOf(integerOf(node, 'axis', 0), data.length);
  keepRowsApart(data[axis]);
  return [[...data.slice(0, axis), ...shapeAt(inputs, 1), ...data.slice(axis + 1)]];
};

const gemm: ShapeRule = (inputs, node) => {
  const [left, right] = [shapeAt(inputs, 0), shapeAt(inputs, 1)];
  if (left.length !== 2 || right.length !== 2) throw refuseModel('a product has factors that are no matrices');
  const turned = (shape: ServedShape, name: string): ServedShape => (integerOf(node, name, 0) === 0 ? shape : shape.toReversed());
  const [rows = 0, inner] = turned(left, 'transA');
  const [alsoInner, columns = 0] = turned(right, 'transB');
  if (inner !== alsoInner) throw refuseModel('a product has factors whose sizes do not fit');
  keepRowsApart(inner);
  return [[rows, columns]];
};

/** To numbers and truth values only: a number that is made a text takes eight times the room. */
const cast: ShapeRule = (inputs, node) => {
  if (!castTargets.has(integerOf(node, 'to', 0))) throw refuseModel('a value is cast to a type that no model of Taxiway has');
  return same(inputs, node);
};
const castTargets = new Set<number>([elementTypeCodes.float, elementTypeCodes.int32, elementTypeCodes.int64, elementTypeCodes.bool]);

/** Texts to numbers: a text that is given for a text is copied for each row, however long it is. */
const labelEncoder: ShapeRule = (inputs, node) => {
  if (['values_strings', 'default_string'].some((name) => node.attributes.has(name))) throw refuseModel('a look-up gives texts');
  return same(inputs, node);
};

/** Axes are constants, as opset 13 and later have them. */
const squeeze: ShapeRule = (inputs) => {
  const shape = shapeAt(inputs, 0);
  const axes = inputs.integers(1).map((axis) => axisOf(axis, shape.length));
  if (axes.some((axis) => shape[axis] !== 1)) throw refuseModel('a size that is not one is removed');
  return [shape.filter((_, index) => !axes.includes(index))];
};

const unsqueeze: ShapeRule = (inputs) => {
  const shape = [...shapeAt(inputs, 0)];
  const given = inputs.integers(1);
  const axes = given.map((axis) => axisOf(axis, shape.length + given.length)).sort((left, right) => left - right);
  for (const axis of axes) shape.splice(axis, 0, 1);
  return [shape];
};

const oneHot: ShapeRule = (inputs, node) => {
  const [depth = -1] = inputs.integers(1);
  const shape = [...shapeAt(inputs, 0)];
  if (depth < 0) throw refuseModel('a one-hot encoding has a negative width');
  shape.splice(axisOf(integerOf(node, 'axis', -1), shape.length + 1), 0, depth);
  return [shape];
};

const split: ShapeRule = (inputs, node) => {
  const shape = shapeAt(inputs, 0);
  const axis = axisOf(integerOf(node, 'axis', 0), shape.length);
  const sizes = inputs.integers(1);
  if (sizes.length !== node.outputs.length || sizes.some((size) => size < 0) || sizes.reduce((sum, size) => sum + size, 0) !== shape[axis]) throw refuseModel('a value is split into parts that do not add up');
  return sizes.map((part) => shape.map((size, index) => (index === axis ? part : size)));
};

const reduce: ShapeRule = (inputs, node) => {
  const shape = shapeAt(inputs, 0);
  const axes = (node.attributes.get('axes')?.integers ?? inputs.integers(1)).map((axis) => axisOf(axis, shape.length));
  // No axes mean all of them.
  if (axes.length === 0) throw refuseModel('a node names no axis to reduce');
  for (const axis of axes) keepRowsApart(shape[axis]);
  const kept = integerOf(node, 'keepdims', 1) !== 0;
  return [shape.flatMap((size, index) => (!axes.includes(index) ? [size] : kept ? [1] : []))];
};

const softmax: ShapeRule = (inputs, node) => {
  const shape = shapeAt(inputs, 0);
  keepRowsApart(shape[axisOf(integerOf(node, 'axis', -1), shape.length)]);
  return [shape];
};

/** Only what keeps every row a row: the first size stays, and the others are told. */
const reshape: ShapeRule = (inputs) => {
  const shape = shapeAt(inputs, 0);
  const [first, ...others] = inputs.integers(1);
  const elements = (sizes: ServedShape): number => sizes.reduce<number>((product, size) => product * (size === 'rows' ? NaN : size), 1);
  if (shape[0] !== 'rows' || (first !== -1 && first !== 0) || others.some((size) => size < 1) || elements(shape.slice(1)) !== elements(others)) throw refuseModel('a value is given another shape that mixes rows');
  return [['rows', ...others]];
};

const each = (rule: ShapeRule, operators: string): [string, ShapeRule][] => operators.split(' ').map((operator) => [operator, rule]);

/**
 * Every operator that a served model may have, with the sizes of its outputs. None reads a file, holds a graph, draws at random or makes
 * sizes out of values, so that what a model takes to run is known before it is opened.
 */
export const servedOperators: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...each(broadcast, 'Add Sub Mul Div Pow Min Max Mean Sum Mod Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Where'),
  ...each(same, 'Abs Ceil Clip Cos Elu Erf Exp Floor HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tanh'),
  ...each(reduce, 'ReduceMax ReduceMean ReduceMin ReduceSum'),
  ...each(softmax, 'LogSoftmax Softmax'),
  ...each(gemm, 'Gemm MatMul'),
  ['ai.onnx.ml.LabelEncoder', labelEncoder],
  ['Cast', cast],
  ['Concat', concat],
  ['Gather', gather],
  ['OneHot', oneHot],
  ['Reshape', reshape],
  ['Split', split],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
]);
