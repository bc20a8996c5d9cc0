import { UserError } from '../errors.ts';
import { readMetadataEntry } from './model-metadata.ts';
import { readFields } from './protobuf-reader.ts';

export interface ModelTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
}

export interface ModelInspection {
  readonly irVersion: number;
  /** Domain ('' is ai.onnx) to opset version. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Operator (with its domain, if any) to the number of nodes, subgraphs included; sorted by name. */
  readonly operators: Readonly<Record<string, number>>;
  readonly initializers: readonly ModelTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface InspectionLimits {
  readonly maximumBytes?: number;
  readonly maximumElements?: number;
  readonly maximumDepth?: number;
}

const decoder = new TextDecoder();
const refuse = (what: string): UserError =>
  new UserError('model-invalid', `The model is refused: ${what}.`, { hint: 'Use a self-contained ONNX model of moderate size, as `train` writes it.' });

interface Collector {
  readonly operators: Map<string, number>;
  readonly initializers: ModelTensor[];
  readonly limits: Required<InspectionLimits>;
}

function readTensor(message: Uint8Array, limits: Required<InspectionLimits>): ModelTensor {
  const shape: number[] = [];
  let name = '';
  for (const field of readFields(message)) {
    if (field.field === 1 && field.wire === 'varint') shape.push(Number(BigInt.asIntN(64, field.value)));
    // A packed list of sizes is how other writers store field 1: raw varints, read as one-field messages would fail, so by hand.
    if (field.field === 1 && field.wire === 'bytes') shape.push(...readPackedSizes(field.value));
    if (field.field === 8 && field.wire === 'bytes') name = decoder.decode(field.value);
    if (field.field === 13 || (field.field === 14 && field.wire === 'varint' && field.value === 1n)) {
      throw refuse(`tensor ${JSON.stringify(name)} keeps its data in another file`);
    }
  }
  if (shape.some((size) => size < 0)) throw refuse(`tensor ${JSON.stringify(name)} declares a negative size`);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > limits.maximumElements) throw refuse(`tensor ${JSON.stringify(name)} declares ${elements} elements, at most ${limits.maximumElements} are allowed`);
  return { name, shape, elements };
}

function readPackedSizes(bytes: Uint8Array): number[] {
  const sizes: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    sizes.push(Number(BigInt.asIntN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return sizes;
}

function visitAttribute(message: Uint8Array, collector: Collector, depth: number): void {
  for (const field of readFields(message)) {
    if (field.wire !== 'bytes') continue;
    if (field.field === 5 || field.field === 10) readTensor(field.value, collector.limits);
    if (field.field === 6 || field.field === 11) visitGraph(field.value, collector, depth + 1);
  }
}

function visitNode(message: Uint8Array, collector: Collector, depth: number): void {
  let operator = '';
  let domain = '';
  for (const field of readFields(message)) {
    if (field.wire !== 'bytes') continue;
    if (field.field === 4) operator = decoder.decode(field.value);
    if (field.field === 7) domain = decoder.decode(field.value);
    if (field.field === 5) visitAttribute(field.value, collector, depth);
  }
  const key = domain === '' ? operator : `${domain}.${operator}`;
  collector.operators.set(key, (collector.operators.get(key) ?? 0) + 1);
}

function valueName(message: Uint8Array): string {
  for (const field of readFields(message)) if (field.field === 1 && field.wire === 'bytes') return decoder.decode(field.value);
  return '';
}

function visitGraph(message: Uint8Array, collector: Collector, depth: number): { inputs: string[]; outputs: string[] } {
  if (depth > collector.limits.maximumDepth) throw refuse(`its graphs are nested deeper than ${collector.limits.maximumDepth}`);
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const field of readFields(message)) {
    if (field.wire !== 'bytes') continue;
    if (field.field === 1) visitNode(field.value, collector, depth);
    if (field.field === 5) collector.initializers.push(readTensor(field.value, collector.limits));
    if (field.field === 15) throw refuse('it holds sparse tensors');
    if (field.field === 11) inputs.push(valueName(field.value));
    if (field.field === 12) outputs.push(valueName(field.value));
  }
  return { inputs, outputs };
}

function readOpset(message: Uint8Array): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  for (const field of readFields(message)) {
    if (field.field === 1 && field.wire === 'bytes') domain = decoder.decode(field.value);
    if (field.field === 2 && field.wire === 'varint') version = Number(field.value);
  }
  return [domain, version];
}

/**
 * Reads what an ONNX model declares without running it or allocating what it declares.
 * @throws UserError `model-invalid` for external data, sparse tensors, deep nesting, or sizes over the limits
 * (256 MiB of file, 50 million elements a tensor, 4 levels unless given).
 */
export function inspectModel(bytes: Uint8Array, limits: InspectionLimits = {}): ModelInspection {
  const bounds = { maximumBytes: 256 * 2 ** 20, maximumElements: 50e6, maximumDepth: 4, ...limits };
  if (bytes.length > bounds.maximumBytes) throw refuse(`it has ${bytes.length} bytes, at most ${bounds.maximumBytes} are allowed`);
  const collector: Collector = { operators: new Map(), initializers: [], limits: bounds };
  const opsets: Record<string, number> = {};
  const metadata: Record<string, string> = {};
  let irVersion = 0;
  let ends: { inputs: string[]; outputs: string[] } | undefined;
  for (const field of readFields(bytes)) {
    if (field.field === 1 && field.wire === 'varint') irVersion = Number(field.value);
    if (field.wire !== 'bytes') continue;
    if (field.field === 7) ends = visitGraph(field.value, collector, 0);
    if (field.field === 8) {
      const [domain, version] = readOpset(field.value);
      opsets[domain] = version;
    }
    if (field.field === 14) {
      const [key, value] = readMetadataEntry(field.value);
      metadata[key] = value;
    }
  }
  if (!ends) throw refuse('it holds no graph');
  const operators = Object.fromEntries([...collector.operators].sort(([left], [right]) => (left < right ? -1 : 1)));
  return { irVersion, opsets, operators, initializers: collector.initializers, ...ends, metadata };
}
