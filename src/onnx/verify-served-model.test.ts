import { describe, expect, it } from 'vitest';
import { float, floats, integer, strings } from './attribute-proto.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import { servedOperators } from './served-operators.ts';
import { verifyServedModel } from './verify-served-model.ts';

/** A model that makes its answer of [rows, 2] numbers and [rows, 1] texts. */
function modelOf(make: (graph: GraphBuilder, inputs: { readonly num: Value; readonly cat: Value }) => Value): Uint8Array {
  const graph = new GraphBuilder();
  const num = graph.input('num', 'float', ['rows', 2]);
  const cat = graph.input('cat', 'string', ['rows', 1]);
  graph.output(make(graph, { num, cat }), 'probability');
  return graph.model('test');
}

const one = ['rows', 1] as const;
const refused = (says: RegExp): unknown => expect.objectContaining({ code: 'model-invalid', message: expect.stringMatching(says) as unknown });

describe('verifyServedModel', () => {
  it('follows the sizes of values through what Taxiway writes', () => {
    const model = modelOf((graph, { num, cat }) => {
      const ids = graph.apply('LabelEncoder', [cat], { shape: one, type: 'int64', domain: 'ai.onnx.ml', attributes: { keys_strings: strings(['AA']), values_int64s: { kind: 'integers', value: [1] }, default_int64: integer(0) } });
      const table = graph.constant({ type: 'float', shape: [2, 3], data: [0, 1, 2, 3, 4, 5] });
      const embedded = graph.apply('Gather', [table, graph.apply('Squeeze', [ids, graph.integers([1])], { shape: ['rows'] })], { shape: ['rows', 3], attributes: { axis: integer(0) } });
      const joined = graph.apply('Concat', [num, embedded], { shape: ['rows', 5], attributes: { axis: integer(1) } });
      const [left, right] = graph.split(joined, [1, 4], 1);
      if (!left || !right) return expect.unreachable();
      const product = graph.apply('Gemm', [right, graph.constant({ type: 'float', shape: [1, 4], data: [1, 2, 3, 4] })], { shape: one, attributes: { transB: integer(1), alpha: float(1) } });
      const mean = graph.apply('ReduceMean', [joined], { shape: one, attributes: { axes: { kind: 'integers', value: [1] }, keepdims: integer(1) } });
      return graph.apply('Where', [graph.apply('IsNaN', [left], { shape: one, type: 'bool' }), product, mean], { shape: one, type: 'float' });
    });
    expect(verifyServedModel(model).operators).toMatchObject({ Gemm: 1, ReduceMean: 1, 'ai.onnx.ml.LabelEncoder': 1 });
  });

  it('refuses what is wider than it says, takes too much for a row, or makes texts', () => {
    const wide = (width: number) => (graph: GraphBuilder, num: Value): Value => graph.apply('MatMul', [num, graph.constant({ type: 'float', shape: [2, width], data: new Float32Array(2 * width) })], { shape: ['rows', width] });
    const narrow = (graph: GraphBuilder, value: Value): Value => graph.apply('ReduceMean', [value], { shape: one, attributes: { axes: { kind: 'integers', value: [1] } } });
    expect(() => verifyServedModel(modelOf((_, { num }) => num))).toThrow(refused(/"probability" is not/));
    expect(verifyServedModel(modelOf((graph, { num }) => narrow(graph, wide(10_000)(graph, num)))).outputs).toEqual(['probability']);
    expect(() => verifyServedModel(modelOf((graph, { num }) => narrow(graph, wide(20_000)(graph, num))))).toThrow(refused(/more than 12288 values at one time/));
    expect(() =>
      verifyServedModel(modelOf((graph, { num, cat }) => {
        graph.apply('LabelEncoder', [cat], { shape: one, domain: 'ai.onnx.ml', attributes: { keys_floats: floats([1]), values_strings: strings(['long']) } });
        return narrow(graph, num);
      })),
    ).toThrow(refused(/gives texts/));
  });

  it('knows no operator that holds a graph, makes a size of a value, or draws at random', () => {
    expect([...servedOperators.keys()].filter((name) => /^(?:If|Loop|Scan|SequenceMap|Expand|Tile|Range|ConstantOfShape|Pad|Resize|NonZero|Random|Bernoulli|Multinomial|Dropout|Constant)/.test(name))).toEqual([]);
  });
});
