import { describe, expect, it } from 'vitest';
import { float, floats, integer, integers, strings, subgraph } from './attribute-proto.ts';
import { GraphBuilder } from './graph-builder.ts';
import { readModelGraph } from './read-graph.ts';

describe('readModelGraph', () => {
  it('brings back what GraphBuilder wrote: nodes, attributes, constants and bodies', () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float', ['n']);
    const body = new GraphBuilder('body.');
    body.output(body.scalar(2.5), 'body.y');
    const attributes = { whole: integer(-3), part: float(0.5), sizes: integers([1, -2]), parts: floats([0.25, 2]), texts: strings(['a', 'ü']), body: subgraph(body.graph('body')) };
    graph.output(graph.apply('Custom', [x, graph.integers([4, -5]), graph.constant({ type: 'int32', shape: [1, 2], data: [6, -7] })], { shape: ['n'], domain: 'own', attributes }), 'y');
    const { nodes, initializers, inputs, outputs } = readModelGraph(graph.model('m'));
    expect({ inputs, outputs }).toEqual({ inputs: ['x'], outputs: ['y'] });
    expect(nodes.map(({ operator, domain }) => [operator, domain])).toEqual([['Custom', 'own'], ['Identity', '']]);
    expect(initializers.map(({ type, shape, data }) => ({ type, shape, data }))).toEqual([
      { type: 'int64', shape: [2], data: [4, -5] },
      { type: 'int32', shape: [1, 2], data: Int32Array.of(6, -7) },
    ]);
    const read = nodes[0]?.attributes;
    expect(read?.get('whole')).toBe(-3);
    expect(read?.get('part')).toBe(0.5);
    expect(read?.get('sizes')).toEqual([1, -2]);
    expect(read?.get('parts')).toEqual([0.25, 2]);
    expect(read?.get('texts')).toEqual(['a', 'ü']);
    expect(read?.get('body')).toMatchObject({ outputs: ['body.y'], initializers: [{ type: 'float', shape: [], data: Float32Array.of(2.5) }] });
  });

  it('refuses a constant whose bytes do not fill its shape', () => {
    const graph = new GraphBuilder();
    graph.output(graph.constant({ type: 'int32', shape: [3], data: [1, 2] }), 'y');
    expect(() => readModelGraph(graph.model('m'))).toThrow(expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining('has 2 elements where its shape asks for 3') }));
  });

  it('refuses a file with no graph', () => {
    expect(() => readModelGraph(new Uint8Array())).toThrow('it holds no graph');
  });
});
