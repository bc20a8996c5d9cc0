import { integer, integers } from './attribute-proto.ts';
import { sumToShape } from './broadcast.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { Tape } from './tape.ts';

/** input [rows, in] · weight [in, out] + bias [1, out]. */
export function dense(tape: Tape, input: Value, parameters: { readonly weight: Value; readonly bias: Value }): Value {
  const { graph } = tape;
  const { weight, bias } = parameters;
  const [inputs = 1, outputs = 1] = weight.shape;
  const output = graph.apply('Gemm', [input, weight, bias], { shape: [input.shape[0] ?? 'rows', outputs] });
  return tape.record(output, [input, weight, bias], (gradient) => {
    // (gradientᵀ · input)ᵀ keeps the wide side of a narrow layer contiguous: several times faster for a head of one or two outputs.
    const narrow = Number(outputs) < 8;
    const transposed = narrow ? graph.apply('Gemm', [gradient, input], { shape: [outputs, inputs], attributes: { transA: integer(1) } }) : null;
    return [
      tape.needs(input) ? graph.apply('Gemm', [gradient, weight], { shape: input.shape, attributes: { transB: integer(1) } }) : null,
      transposed
        ? graph.apply('Transpose', [transposed], { shape: weight.shape, attributes: { perm: integers([1, 0]) } })
        : graph.apply('Gemm', [input, gradient], { shape: weight.shape, attributes: { transA: integer(1) } }),
      sumToShape(graph, gradient, bias.shape),
    ];
  });
}

/** Up to here the rows of an identity matrix are copied, which is several times faster than `OneHot`; beyond, it would grow too large. */
const largestIdentity = 512;

/** One-hot rows [rows, depth] of `ids` [rows]. */
function oneHotRows(graph: GraphBuilder, ids: Value, depth: number): Value {
  const shape = [ids.shape[0] ?? 'rows', depth];
  if (depth <= largestIdentity) {
    const identity = Float32Array.from({ length: depth * depth }, (_, index) => (index % (depth + 1) === 0 ? 1 : 0));
    return graph.apply('Gather', [graph.constant({ type: 'float', shape: [depth, depth], data: identity }), ids], { shape, attributes: { axis: integer(0) } });
  }
  const offOn = graph.constant({ type: 'float', shape: [2], data: [0, 1] });
  return graph.apply('OneHot', [ids, graph.constant({ type: ids.type, shape: [], data: [depth] }), offOn], { shape, type: 'float' });
}

/**
 * Rows of `table` [n, width] picked by `ids` [rows] (32- or 64-bit). The gradient is one-hotᵀ · gradient rather than a scatter:
 * few ids make it a small matrix product, and its sum has a fixed order where a parallel scatter has none.
 */
export function embeddingLookup(tape: Tape, table: Value, ids: Value): Value {
  const { graph } = tape;
  const output = graph.apply('Gather', [table, ids], { shape: [ids.shape[0] ?? 'rows', table.shape[1] ?? 1], attributes: { axis: integer(0) } });
  return tape.record(output, [table], (gradient) => {
    const oneHot = oneHotRows(graph, ids, Number(table.shape[0]));
    return [graph.apply('Gemm', [oneHot, gradient], { shape: table.shape, attributes: { transA: integer(1) } })];
  });
}

/** Columns of several [rows, width] values side by side. */
export function concatenate(tape: Tape, values: readonly Value[]): Value {
  const { graph } = tape;
  const [first] = values;
  if (!first) throw new Error('concatenate needs at least one value');
  if (values.length === 1) return first;
  const widths = values.map((value) => Number(value.shape[1]));
  const output = graph.apply('Concat', values, { shape: [first.shape[0] ?? 'rows', widths.reduce((sum, width) => sum + width, 0)], attributes: { axis: integer(1) } });
  return tape.record(output, values, (gradient) => graph.split(gradient, widths, 1));
}

/** Column `index` of a [rows, width] value, as [rows, 1]. */
export function column(tape: Tape, value: Value, index: number): Value {
  const { graph } = tape;
  const width = Number(value.shape[1]);
  const output = graph.apply('Gather', [value, graph.integers([index])], { shape: [value.shape[0] ?? 'rows', 1], attributes: { axis: integer(1) } });
  return tape.record(output, [value], (gradient) => {
    const mask = graph.constant({ type: 'float', shape: [1, width], data: Array.from({ length: width }, (_, position) => (position === index ? 1 : 0)) });
    return [graph.apply('Mul', [gradient, mask], { shape: value.shape })];
  });
}

/** The sum over columns, averaged over rows, of a [rows, width] value: a scalar. */
export function meanOfRowSums(tape: Tape, value: Value): Value {
  const { graph } = tape;
  const shape = graph.apply('Shape', [value], { shape: [2], type: 'int64' });
  const count = graph.apply('Cast', [graph.apply('Gather', [shape, graph.constant({ type: 'int64', shape: [], data: [0] })], { shape: [] })], { shape: [], type: 'float', attributes: { to: integer(1) } });
  const total = graph.apply('ReduceSum', [value], { shape: [], attributes: { keepdims: integer(0) } });
  return tape.record(graph.apply('Div', [total, count], { shape: [] }), [value], (gradient) => [
    graph.apply('Expand', [graph.apply('Div', [gradient, count], { shape: [] }), shape], { shape: value.shape }),
  ]);
}

export interface NormalizedBatch {
  readonly output: Value;
  /** Mean and biased variance of the batch, [1, width], for the running statistics. */
  readonly mean: Value;
  readonly variance: Value;
}

/** Batch normalisation in training mode (Ioffe and Szegedy, 2015): gamma · (x − mean)/√(variance + ε) + beta. */
export function batchNormalization(tape: Tape, input: Value, parameters: { readonly gamma: Value; readonly beta: Value; readonly epsilon: number }): NormalizedBatch {
  const { graph } = tape;
  const { gamma, beta } = parameters;
  const { shape } = input;
  const row = [1, Number(shape[1])];
  const binary = (operator: string, left: Value, right: Value): Value => graph.apply(operator, [left, right], { shape: left.shape });
  const rowMean = (value: Value): Value => graph.apply('ReduceMean', [value], { shape: row, attributes: { axes: integers([0]), keepdims: integer(1) } });
  const mean = rowMean(input);
  const centred = binary('Sub', input, mean);
  const variance = rowMean(binary('Mul', centred, centred));
  const deviation = graph.apply('Sqrt', [binary('Add', variance, graph.scalar(parameters.epsilon))], { shape: row });
  const normal = binary('Div', centred, deviation);
  const output = binary('Add', binary('Mul', normal, gamma), beta);
  tape.record(output, [input, gamma, beta], (gradient) => {
    const weighted = binary('Mul', gradient, normal);
    const inner = binary('Sub', binary('Sub', gradient, rowMean(gradient)), binary('Mul', normal, rowMean(weighted)));
    return [
      tape.needs(input) ? binary('Mul', inner, binary('Div', gamma, deviation)) : null,
      sumToShape(graph, weighted, gamma.shape),
      sumToShape(graph, gradient, beta.shape),
    ];
  });
  return { output, mean, variance };
}
