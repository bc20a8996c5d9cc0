import type { ElementType } from './element-type.ts';
import { elementType, inspectTensor, type ModelTensor } from './inspect-tensor.ts';
import { quoted, refuseModel, strictFields, strictName, strictText, type MessageRules } from './strict-message.ts';

export interface ModelAttribute {
  /** A whole number, or several. */
  readonly integers: readonly number[];
  readonly graph: ModelGraph | undefined;
}

export interface ModelNode {
  /** With its domain before a dot, unless that is ai.onnx. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ModelAttribute>;
}

/** An input or output of a graph. */
export interface ModelEnd {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface ModelGraph {
  readonly nodes: readonly ModelNode[];
  readonly initializers: readonly ModelTensor[];
  readonly inputs: readonly ModelEnd[];
  readonly outputs: readonly ModelEnd[];
}

export interface GraphLimits {
  readonly maximumElements: number;
  /** How deep graphs are nested in nodes. */
  readonly maximumDepth: number;
  /** In one graph. */
  readonly maximumNodes: number;
}

const one = { wire: 'bytes' } as const;
const list = { wire: 'bytes', repeated: true } as const;

/** The parts of `GraphProto`, `NodeProto` and `AttributeProto` that Taxiway writes (onnx.proto3); 15, sparse tensors, to be refused in words. */
const graphRules: MessageRules = { 1: list, 2: one, 5: list, 11: list, 12: list, 15: list };
const nodeRules: MessageRules = { 1: list, 2: list, 3: one, 4: one, 5: list, 7: one };
const attributeRules: MessageRules = {
  1: one,
  2: { wire: 'fixed' },
  3: { wire: 'varint' },
  6: one,
  7: { wire: 'fixed', repeated: true },
  8: { wire: 'varint', repeated: true },
  9: list,
  20: { wire: 'varint' },
};
/** The code of an attribute's type by the field that holds its value: float, integer, graph, floats, integers, strings. */
const attributeTypes: Readonly<Record<number, bigint>> = { 2: 1n, 3: 2n, 6: 5n, 7: 6n, 8: 7n, 9: 8n };

function readAttribute(message: Uint8Array, limits: GraphLimits, depth: number): [name: string, attribute: ModelAttribute] {
  let name = '';
  let type: bigint | undefined;
  const held = new Set<number>();
  const integers: number[] = [];
  let graph: ModelGraph | undefined;
  for (const field of strictFields(message, 'an attribute', attributeRules)) {
    if (field.field === 1) name = strictName(field);
    else if (field.field === 20 && field.wire === 'varint') type = field.value;
    else {
      held.add(field.field);
      if (field.wire === 'varint') integers.push(Number(BigInt.asIntN(64, field.value)));
      if (field.field === 6) graph = inspectGraph(field.value as Uint8Array, limits, depth + 1);
      if (field.field === 9) strictText(field);
    }
  }
  const [only] = held;
  if (held.size !== 1 || only === undefined || type !== attributeTypes[only]) throw refuseModel(`the attribute ${quoted(name)} does not hold one value of the type it says`);
  return [name, { integers, graph }];
}

function readNode(message: Uint8Array, limits: GraphLimits, depth: number): ModelNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, ModelAttribute>();
  let operator = '';
  let domain = '';
  for (const field of strictFields(message, 'a node', nodeRules)) {
    if (field.field === 5) {
      const [name, attribute] = readAttribute(field.value as Uint8Array, limits, depth);
      if (attributes.has(name)) throw refuseModel(`a node has two attributes ${quoted(name)}`);
      attributes.set(name, attribute);
      continue;
    }
    const text = strictName(field);
    if (field.field === 1) inputs.push(text);
    if (field.field === 2) outputs.push(text);
    if (field.field === 4) operator = text;
    if (field.field === 7) domain = text;
  }
  return { operator: domain === '' ? operator : `${domain}.${operator}`, inputs, outputs, attributes };
}

/** `ValueInfoProto`: a name, and a type that is a tensor's (TypeProto, TypeProto.Tensor, TensorShapeProto). */
function readEnd(message: Uint8Array): ModelEnd {
  let name = '';
  let type: ElementType | undefined;
  const shape: (number | string)[] = [];
  for (const field of strictFields(message, 'an input or output', { 1: one, 2: one })) {
    if (field.field === 1) {
      name = strictName(field);
      continue;
    }
    for (const tensor of strictFields(field.value as Uint8Array, 'a type', { 1: one })) {
      for (const part of strictFields(tensor.value as Uint8Array, 'a tensor type', { 1: { wire: 'varint' }, 2: one })) {
        if (part.wire === 'varint') type = elementType(part.value, 'an input or output');
        else for (const size of strictFields(part.value, 'a shape', { 1: list })) shape.push(readDimension(size.value as Uint8Array));
      }
    }
  }
  if (type === undefined) throw refuseModel(`${quoted(name)} has no type`);
  return { name, type, shape };
}

function readDimension(message: Uint8Array): number | string {
  const sizes: (number | string)[] = [];
  for (const field of strictFields(message, 'a dimension', { 1: { wire: 'varint' }, 2: one })) {
    sizes.push(field.wire === 'varint' ? Number(BigInt.asIntN(64, field.value)) : strictName(field));
  }
  const [size] = sizes;
  if (sizes.length !== 1 || size === undefined || (typeof size === 'number' && size < 0)) throw refuseModel('a dimension has no size or two');
  return size;
}

/**
 * Reads a `GraphProto` and everything in it, without running it or allocating what it declares.
 * @throws UserError `model-invalid`
 */
export function inspectGraph(message: Uint8Array, limits: GraphLimits, depth = 0): ModelGraph {
  if (depth > limits.maximumDepth) throw refuseModel(limits.maximumDepth === 0 ? 'a node of it holds a graph' : `its graphs are nested deeper than ${limits.maximumDepth}`);
  const nodes: ModelNode[] = [];
  const initializers: ModelTensor[] = [];
  const inputs: ModelEnd[] = [];
  const outputs: ModelEnd[] = [];
  for (const { field, value } of strictFields(message, 'a graph', graphRules)) {
    const part = value as Uint8Array;
    if (field === 15) throw refuseModel('it holds sparse tensors');
    if (field === 1) nodes.push(readNode(part, limits, depth));
    if (field === 5) initializers.push(inspectTensor(part, limits.maximumElements));
    if (field === 11) inputs.push(readEnd(part));
    if (field === 12) outputs.push(readEnd(part));
    if (Math.max(nodes.length, initializers.length, inputs.length + outputs.length) > limits.maximumNodes) throw refuseModel(`it has more than ${limits.maximumNodes} nodes, tensors, or inputs and outputs`);
  }
  return { nodes, initializers, inputs, outputs };
}
