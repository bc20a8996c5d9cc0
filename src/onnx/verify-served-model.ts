import { inspectModel, type ModelInspection } from './inspect-model.ts';
import { irVersion, mlDomain, mlOpsetVersion, opsetVersion } from './model-proto.ts';
import type { ModelEnd, ModelGraph, ModelNode } from './inspect-graph.ts';
import type { ModelTensor } from './inspect-tensor.ts';
import { servedOperators, type ServedShape } from './served-operators.ts';
import { quoted, refuseModel } from './strict-message.ts';

/** What one row may take: far more than a network of thousands of units, far less than would fill a machine. */
const limits = {
  /** Elements that are held at one time: 400 MB where 8,192 rows are asked about at once. */
  live: 12_288,
  /** Additions, multiplications and elements written. */
  operations: 20_000_000,
  nodes: 5_000,
  /** Elements of all values that do not depend on rows. */
  constant: 16_000_000,
};

interface KnownValue {
  readonly shape: ServedShape;
  readonly isText: boolean;
  readonly integers: readonly number[] | undefined;
}

interface Cost {
  /** Per row, or in all where no row is in it. */
  readonly elements: number;
  readonly byRow: boolean;
}

function costOf(shape: ServedShape): Cost {
  const rows = shape.filter((size) => size === 'rows').length;
  if (rows > 1) throw refuseModel('a value of it grows with the square of the rows');
  return { byRow: rows === 1, elements: shape.reduce<number>((product, size) => product * (size === 'rows' ? 1 : size), 1) };
}

function endShape(end: ModelEnd): ServedShape {
  return end.shape.map((size) => (typeof size === 'number' ? size : 'rows'));
}

function checkEnds(graph: ModelGraph): void {
  const types = new Map([['num', 'float'], ['cat', 'string']]);
  for (const { name, type, shape } of graph.inputs) {
    if (types.get(name) !== type || shape.length !== 2 || typeof shape[0] !== 'string' || typeof shape[1] !== 'number') throw refuseModel(`its input ${quoted(name)} is neither num (float [rows, columns]) nor cat (string [rows, columns])`);
  }
  const probability = graph.outputs.find(({ name }) => name === 'probability');
  if (probability?.type !== 'float') throw refuseModel('it has no output probability of floats');
  for (const { name, type, shape } of graph.outputs) {
    if (type !== 'float' || shape.length !== 2 || typeof shape[0] !== 'string' || shape[1] !== 1) throw refuseModel(`its output ${quoted(name)} is not float [rows, 1]`);
  }
}

function define(known: Map<string, KnownValue>, name: string, value: KnownValue): void {
  if (name === '') throw refuseModel('a value has no name');
  if (known.has(name)) throw refuseModel(`two values are named ${quoted(name)}`);
  known.set(name, value);
}

function initialValue({ name, type, shape, integers }: ModelTensor): KnownValue {
  // A text is copied for each row that picks it, however long it is.
  if (type === 'string') throw refuseModel(`tensor ${quoted(name)} holds texts`);
  return { shape, integers, isText: false };
}

/** What moves texts on; everything else takes none, or makes numbers of them. */
const movesTexts = new Set(['Concat', 'Gather', 'Identity', 'Reshape', 'Split', 'Squeeze', 'Unsqueeze', 'Where']);
/** A text takes as much room as eight numbers, with what it points to. */
const weightOf = ({ isText }: KnownValue): number => (isText ? 8 : 1);

/** Outputs of a node, by the rule of its operator. */
function outputShapes(node: ModelNode, known: ReadonlyMap<string, KnownValue>): readonly ServedShape[] {
  const rule = servedOperators.get(node.operator);
  if (rule === undefined) throw refuseModel(`its operator ${quoted(node.operator)} is not one that is served`);
  const inputs = node.inputs.map((name) => {
    const value = known.get(name);
    if (value === undefined) throw refuseModel(`a node takes ${quoted(name)}, which nothing before it makes`);
    return value;
  });
  if (inputs.length === 0) throw refuseModel(`a node ${node.operator} takes nothing`);
  const integers = (index: number): readonly number[] => {
    const values = inputs[index]?.integers;
    if (values === undefined) throw refuseModel(`a node ${node.operator} takes sizes that are no constant`);
    return values;
  };
  const shapes = rule({ shapes: inputs.map(({ shape }) => shape), integers }, node);
  if (shapes.length !== node.outputs.length) throw refuseModel(`a node ${node.operator} has ${node.outputs.length} outputs`);
  return shapes;
}

/** Multiplications of a product, by the size that both factors share. */
function innerSize(node: ModelNode, known: ReadonlyMap<string, KnownValue>): number {
  if (node.operator !== 'Gemm' && node.operator !== 'MatMul') return node.inputs.length;
  const sizes = known.get(node.inputs[0] ?? '')?.shape.map((size) => (size === 'rows' ? 1 : size)) ?? [];
  return Math.max(1, ...sizes);
}

/** Follows the sizes of all values through the graph. @throws UserError model-invalid where a row could take more than the limits */
function checkCost(graph: ModelGraph): void {
  if (graph.nodes.length > limits.nodes) throw refuseModel(`it has ${graph.nodes.length} nodes, at most ${limits.nodes} are served`);
  const known = new Map<string, KnownValue>();
  for (const end of graph.inputs) define(known, end.name, { shape: endShape(end), integers: undefined, isText: end.type === 'string' });
  for (const tensor of graph.initializers) define(known, tensor.name, initialValue(tensor));
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const name of node.inputs) lastUse.set(name, index);
  });
  let [live, constant, operations] = [0, 0, 0];
  const held = (name: string): Cost => {
    const value = known.get(name);
    if (value === undefined) return { byRow: false, elements: 0 };
    const { byRow, elements } = costOf(value.shape);
    return { byRow, elements: elements * weightOf(value) };
  };
  for (const { name } of graph.inputs) live += held(name).elements;
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  graph.nodes.forEach((node, index) => {
    const factor = innerSize(node, known);
    const shapes = outputShapes(node, known);
    const isText = movesTexts.has(node.operator) && node.inputs.some((name) => known.get(name)?.isText === true);
    node.outputs.forEach((name, output) => {
      const shape = shapes[output] ?? [];
      define(known, name, { shape, integers: undefined, isText });
      const { byRow, elements } = held(name);
      operations += elements * factor;
      if (byRow) live += elements;
      else constant += elements;
    });
    if (!(live <= limits.live)) throw refuseModel(`a row takes more than ${limits.live} values at one time`);
    if (!(operations <= limits.operations) || !(constant <= limits.constant)) throw refuseModel(`a row takes more than ${limits.operations} operations`);
    for (const name of new Set([...node.inputs, ...node.outputs])) {
      const { byRow, elements } = held(name);
      if (byRow && (lastUse.get(name) ?? -1) <= index && !outputs.has(name)) live -= elements;
    }
  });
  for (const { name } of graph.outputs) {
    if (known.get(name)?.shape.join() !== 'rows,1') throw refuseModel(`its output ${quoted(name)} is not [rows, 1]`);
  }
}

/**
 * Looks at a model.onnx, wherever it comes from, before anything opens it: the bytes hold a model that names no other file, uses the
 * operators that Taxiway writes, and takes no more memory or time for a row than a sane network does. Everything that gives bytes from
 * outside to a runtime calls this with the same bytes first.
 * @throws UserError `model-invalid`
 */
export function verifyServedModel(bytes: Uint8Array): ModelInspection {
  const inspection = inspectModel(bytes, { maximumDepth: 0 });
  const { opsets } = inspection;
  if (inspection.irVersion !== irVersion) throw refuseModel(`it is of IR version ${inspection.irVersion}, and ${irVersion} is what is served`);
  const wanted = new Map([['', opsetVersion], [mlDomain, mlOpsetVersion]]);
  if (!Object.hasOwn(opsets, '')) throw refuseModel('it names no operator set');
  for (const [domain, version] of Object.entries(opsets)) {
    if (wanted.get(domain) !== version) throw refuseModel(`it wants version ${version} of the operator set ${quoted(domain)}`);
  }
  checkEnds(inspection.graph);
  checkCost(inspection.graph);
  return inspection;
}
