import { describe, expect, it } from 'vitest';
import { subgraph, integer } from './attribute-proto.ts';
import { GraphBuilder } from './graph-builder.ts';
import { inspectModel } from './inspect-model.ts';
import { readModelMetadata, withModelMetadata } from './model-metadata.ts';
import { modelProto } from './model-proto.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

function sample(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float', ['rows', 2]);
  graph.output(graph.apply('Add', [x, graph.constant({ type: 'float', shape: [1, 2], data: [1, 2] })], { shape: x.shape }), 'y');
  return graph.model('sample', { beta: '2', alpha: '1' });
}

const graphWithTensor = (tensor: Uint8Array): Uint8Array => modelProto(new ProtobufWriter().text(2, 'g').bytes(5, tensor).finish());
const invalid: unknown = expect.objectContaining({ code: 'model-invalid' });

describe('inspectModel', () => {
  it('lists operators, tensors, ends and metadata', () => {
    expect(inspectModel(sample())).toMatchObject({
      irVersion: 8,
      opsets: { '': 17, 'ai.onnx.ml': 3 },
      operators: { Add: 1, Identity: 1 },
      graph: { initializers: [{ name: 'constant_1', type: 'float', shape: [1, 2], elements: 2 }] },
      inputs: ['x'],
      outputs: ['y'],
      metadata: { alpha: '1', beta: '2' },
    });
  });

  it('counts operators inside subgraphs', () => {
    const body = new GraphBuilder('body.');
    body.output(body.apply('Neg', [body.input('body.x', 'float', [])], { shape: [] }), 'body.y');
    const graph = new GraphBuilder();
    const x = graph.input('x', 'float', ['steps']);
    graph.output(graph.apply('Scan', [x], { shape: ['steps'], attributes: { body: subgraph(body.graph('body')), num_scan_inputs: integer(1) } }), 'y');
    expect(inspectModel(graph.model('scan')).operators).toMatchObject({ Scan: 1, Neg: 1 });
  });

  it('refuses tensors that live in another file', () => {
    const external = new ProtobufWriter().integer(1, 2).text(8, 'w').bytes(13, new ProtobufWriter().text(1, 'location').text(2, '/etc/passwd').finish()).finish();
    expect(() => inspectModel(graphWithTensor(external))).toThrow(invalid);
    expect(() => inspectModel(graphWithTensor(new ProtobufWriter().integer(14, 1).finish()))).toThrow(invalid);
  });

  it('refuses sizes over the limit and negative sizes without allocating them, packed or not', () => {
    expect(() => inspectModel(graphWithTensor(new ProtobufWriter().integer(1, 2 ** 40).integer(1, 2 ** 40).finish()))).toThrow(invalid);
    expect(() => inspectModel(graphWithTensor(new ProtobufWriter().integer(1, -4).finish()))).toThrow(invalid);
    expect(() => inspectModel(graphWithTensor(new ProtobufWriter().bytes(1, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f)).finish()))).toThrow(invalid);
    expect(() => inspectModel(sample(), { maximumBytes: 10 })).toThrow(invalid);
  });

  it('refuses what is no model at all', () => {
    expect(() => inspectModel(new Uint8Array())).toThrow(invalid);
    expect(() => inspectModel(new TextEncoder().encode('not a model'))).toThrow(invalid);
  });
});

describe('model metadata', () => {
  it('is replaced key by key, and the graph keeps its bytes', () => {
    const changed = withModelMetadata(sample(), { beta: '3', gamma: '4' });
    expect(readModelMetadata(changed)).toEqual({ alpha: '1', beta: '3', gamma: '4' });
    expect(withModelMetadata(changed, { beta: '2' }).subarray(0, 60)).toEqual(sample().subarray(0, 60));
    expect(withModelMetadata(sample(), {})).toEqual(sample());
  });
});
