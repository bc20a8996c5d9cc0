import { inspectGraph, type GraphLimits, type ModelGraph } from './inspect-graph.ts';
import { quoted, refuseModel, strictFields, strictName, strictText, type MessageRules } from './strict-message.ts';

export interface ModelInspection {
  readonly irVersion: number;
  /** Domain ('' is ai.onnx) to opset version. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Operator (with its domain, if any) to the number of nodes, subgraphs included; sorted by name. */
  readonly operators: Readonly<Record<string, number>>;
  readonly graph: ModelGraph;
  /** Names of the graph's ends. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** No model of a sane network is larger. Who reads a file asks for its size first. */
export const maximumModelBytes = 64 * 2 ** 20;

export interface InspectionLimits extends Partial<GraphLimits> {
  readonly maximumBytes?: number;
  readonly maximumMetadata?: number;
}

/** The parts of `ModelProto` that Taxiway writes; training information and local functions, named only to be refused in words. */
const modelRules: MessageRules = {
  1: { wire: 'varint' },
  2: { wire: 'bytes' },
  7: { wire: 'bytes' },
  8: { wire: 'bytes', repeated: true },
  14: { wire: 'bytes', repeated: true },
  20: { wire: 'bytes', repeated: true },
  25: { wire: 'bytes', repeated: true },
};

function countOperators(graph: ModelGraph, counts: Map<string, number>): void {
  for (const { operator, attributes } of graph.nodes) {
    counts.set(operator, (counts.get(operator) ?? 0) + 1);
    for (const { graph: inner } of attributes.values()) if (inner !== undefined) countOperators(inner, counts);
  }
}

function readOpset(message: Uint8Array): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  for (const field of strictFields(message, 'an operator set', { 1: { wire: 'bytes' }, 2: { wire: 'varint' } })) {
    if (field.wire === 'bytes') domain = strictName(field);
    if (field.wire === 'varint') version = Number(field.value);
  }
  return [domain, version];
}

function readEntry(message: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  for (const field of strictFields(message, 'an entry of its metadata', { 1: { wire: 'bytes' }, 2: { wire: 'bytes' } })) {
    if (field.wire !== 'bytes') continue;
    if (field.field === 1) key = strictName(field);
    else value = strictText(field);
  }
  return [key, value];
}

/**
 * Reads what an ONNX model declares without running it or allocating what it declares. Whatever Taxiway does not write is refused, so that
 * no reader after this one can understand the bytes in another way.
 * @throws UserError `model-invalid` for external data, sparse tensors, functions, unknown or doubled fields, tensors that do not hold what
 * they declare, deep nesting, or sizes over the limits (64 MiB of file, 16 million elements a tensor, 4 levels, 20,000 nodes unless given).
 */
export function inspectModel(bytes: Uint8Array, limits: InspectionLimits = {}): ModelInspection {
  const bounds = { maximumBytes: maximumModelBytes, maximumElements: 16e6, maximumDepth: 4, maximumNodes: 20_000, maximumMetadata: 4 * 2 ** 20, ...limits };
  if (bytes.length > bounds.maximumBytes) throw refuseModel(`it has ${bytes.length} bytes, at most ${bounds.maximumBytes} are allowed`);
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  let irVersion = 0;
  let graph: ModelGraph | undefined;
  let described = 0;
  for (const field of strictFields(bytes, 'it', modelRules)) {
    if (field.wire === 'varint') irVersion = Number(field.value);
    if (field.wire !== 'bytes') continue;
    if (field.field === 20) throw refuseModel('it holds training information');
    if (field.field === 25) throw refuseModel('it holds functions of its own');
    if (field.field === 7) graph = inspectGraph(field.value, bounds);
    if (field.field === 8) {
      const [domain, version] = readOpset(field.value);
      if (opsets.has(domain)) throw refuseModel(`it names the operator set ${quoted(domain)} twice`);
      opsets.set(domain, version);
    }
    if (field.field === 14) {
      described += field.value.length;
      if (described > bounds.maximumMetadata) throw refuseModel(`its metadata has more than ${bounds.maximumMetadata} bytes`);
      const [key, value] = readEntry(field.value);
      if (metadata.has(key)) throw refuseModel(`its metadata has ${quoted(key)} twice`);
      metadata.set(key, value);
    }
  }
  if (!graph) throw refuseModel('it holds no graph');
  const counts = new Map<string, number>();
  countOperators(graph, counts);
  const operators = Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
  const names = (ends: ModelGraph['inputs']): string[] => ends.map(({ name }) => name);
  return { irVersion, opsets: Object.fromEntries(opsets), operators, graph, inputs: names(graph.inputs), outputs: names(graph.outputs), metadata: Object.fromEntries(metadata) };
}
