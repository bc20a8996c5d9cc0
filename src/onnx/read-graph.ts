import { UserError } from '../errors.ts';
import { elementTypeCodes, type ElementType } from './element-type.ts';
import { readFields } from './protobuf-reader.ts';

export type AttributeValue = number | string | readonly number[] | readonly string[] | OnnxGraph;

export interface OnnxNode {
  readonly operator: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  /** Names; '' is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Numbers in row-major order (integers beyond 2⁵³ lose digits), or texts. */
  readonly data: readonly string[] | Float32Array | Int32Array | readonly number[] | Uint8Array;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const decoder = new TextDecoder();
const typeNames = new Map<number, ElementType>(Object.entries(elementTypeCodes).map(([name, code]) => [code, name as ElementType]));
const foreign = (what: string): UserError =>
  new UserError('model-invalid', `The model cannot be read: ${what}.`, { hint: 'Only models that `train` wrote are executed here; ONNX Runtime runs others.' });

const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));
const float = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat32(0, true);

/** Raw data may begin at any byte of the file, typed arrays only at a multiple of their element: hence the copy. */
function numbers(name: string, type: ElementType, raw: Uint8Array): OnnxTensor['data'] {
  const { buffer } = raw.slice();
  switch (type) {
    case 'float':
      return new Float32Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return Array.from(new BigInt64Array(buffer), Number);
    case 'bool':
      return new Uint8Array(buffer);
    case 'string':
      throw foreign(`tensor ${JSON.stringify(name)} keeps texts as raw bytes`);
  }
}

function readTensor(message: Uint8Array): OnnxTensor {
  const shape: number[] = [];
  const texts: string[] = [];
  let raw = new Uint8Array();
  let name = '';
  let code = 0;
  for (const field of readFields(message)) {
    if (field.wire === 'varint') {
      if (field.field === 1) shape.push(signed(field.value));
      if (field.field === 2) code = signed(field.value);
    } else if (field.wire === 'bytes') {
      if (field.field === 6) texts.push(decoder.decode(field.value));
      if (field.field === 8) name = decoder.decode(field.value);
      if (field.field === 9) raw = Uint8Array.from(field.value);
    }
  }
  const type = typeNames.get(code);
  if (type === undefined) throw foreign(`tensor ${JSON.stringify(name)} has element type ${code}`);
  const data = type === 'string' ? texts : numbers(name, type, raw);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (data.length !== elements) throw foreign(`tensor ${JSON.stringify(name)} has ${data.length} elements where its shape asks for ${elements}`);
  return { name, type, shape, data };
}

function readAttribute(message: Uint8Array): [name: string, value: AttributeValue] {
  let name = '';
  let one: AttributeValue | undefined;
  const many: (number | string)[] = [];
  for (const { field, wire, value } of readFields(message)) {
    if (wire === 'varint') {
      if (field === 3) one = signed(value);
      if (field === 8) many.push(signed(value));
    } else if (wire === 'fixed') {
      if (field === 2) one = float(value);
      if (field === 7) many.push(float(value));
    } else {
      if (field === 1) name = decoder.decode(value);
      if (field === 4) one = decoder.decode(value);
      if (field === 6) one = readGraph(value);
      if (field === 9) many.push(decoder.decode(value));
    }
  }
  return [name, one ?? (many as readonly number[] | readonly string[])];
}

function readNode(message: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  let operator = '';
  let domain = '';
  for (const { field, wire, value } of readFields(message)) {
    if (wire !== 'bytes') continue;
    if (field === 1) inputs.push(decoder.decode(value));
    if (field === 2) outputs.push(decoder.decode(value));
    if (field === 4) operator = decoder.decode(value);
    if (field === 5) attributes.set(...readAttribute(value));
    if (field === 7) domain = decoder.decode(value);
  }
  return { operator, domain, inputs, outputs, attributes };
}

function valueName(message: Uint8Array): string {
  for (const { field, wire, value } of readFields(message)) if (field === 1 && wire === 'bytes') return decoder.decode(value);
  return '';
}

function readGraph(message: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const { field, wire, value } of readFields(message)) {
    if (wire !== 'bytes') continue;
    if (field === 1) nodes.push(readNode(value));
    if (field === 5) initializers.push(readTensor(value));
    if (field === 11) inputs.push(valueName(value));
    if (field === 12) outputs.push(valueName(value));
  }
  return { nodes, initializers, inputs, outputs };
}

/**
 * The graph of a model as GraphBuilder writes it: nodes, constants and subgraphs, decoded. A foreign model is looked at with
 * `inspectModel` first: this one allocates what the file holds.
 * @throws UserError `model-invalid`
 */
export function readModelGraph(model: Uint8Array): OnnxGraph {
  for (const { field, wire, value } of readFields(model)) if (field === 7 && wire === 'bytes') return readGraph(value);
  throw foreign('it holds no graph');
}
