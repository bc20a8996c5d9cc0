import { attributeProto, type Attribute } from './attribute-proto.ts';
import { elementTypeCodes, type Dimension, type ElementType } from './element-type.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Opset 17 and IR 8: the newest that every ONNX runtime of the last years loads. ai.onnx.ml 3 holds LabelEncoder for strings. */
export const opsetVersion = 17;
export const irVersion = 8;
export const mlDomain = 'ai.onnx.ml';
export const mlOpsetVersion = 3;

export interface NodeParts {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly domain: string;
}

export function valueInfoProto(name: string, type: ElementType, shape: readonly Dimension[]): Uint8Array {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    dimensions.bytes(1, (typeof size === 'number' ? dimension.integer(1, size) : dimension.text(2, size)).finish());
  }
  const tensorType = new ProtobufWriter().integer(1, elementTypeCodes[type]).bytes(2, dimensions.finish()).finish();
  return new ProtobufWriter().text(1, name).bytes(2, new ProtobufWriter().bytes(1, tensorType).finish()).finish();
}

export function nodeProto(node: NodeParts): Uint8Array {
  const message = new ProtobufWriter();
  for (const name of node.inputs) message.text(1, name);
  for (const name of node.outputs) message.text(2, name);
  message.text(3, `${node.outputs[0] ?? node.operator}.node`).text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) message.bytes(5, attributeProto(name, attribute));
  if (node.domain !== '') message.text(7, node.domain);
  return message.finish();
}

export interface GraphParts {
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

export function graphProto(name: string, parts: GraphParts): Uint8Array {
  const message = new ProtobufWriter();
  for (const node of parts.nodes) message.bytes(1, node);
  message.text(2, name);
  for (const tensor of parts.initializers) message.bytes(5, tensor);
  for (const value of parts.inputs) message.bytes(11, value);
  for (const value of parts.outputs) message.bytes(12, value);
  return message.finish();
}

export const metadataEntry = (key: string, value: string): Uint8Array => new ProtobufWriter().text(1, key).text(2, value).finish();

/** A complete `ModelProto`. Metadata keys are sorted, so the same content gives the same bytes. */
export function modelProto(graph: Uint8Array, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const opset = (domain: string, version: number): Uint8Array => new ProtobufWriter().text(1, domain).integer(2, version).finish();
  const message = new ProtobufWriter()
    .integer(1, irVersion)
    .text(2, 'taxiway')
    .bytes(7, graph)
    .bytes(8, opset('', opsetVersion))
    .bytes(8, opset(mlDomain, mlOpsetVersion));
  for (const key of Object.keys(metadata).sort()) message.bytes(14, metadataEntry(key, metadata[key] ?? ''));
  return message.finish();
}
