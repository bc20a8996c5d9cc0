import type { AttributeValue, OnnxGraph, OnnxNode, OnnxTensor } from '../../../onnx/read-graph.ts';
import { Call, isHost, operatorName, unsupported, type Value } from './call.ts';
import type { HostTensor } from './host-tensor.ts';
import { operators } from './operators.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

/** Names to values: a subgraph sees its own, then those of the graph around it. */
export type Scope = (name: string) => Value | undefined;

const scanName = 'Scan';

const isGraph = (value: AttributeValue | undefined): value is OnnxGraph => typeof value === 'object' && 'nodes' in value;

function bodyOf(node: OnnxNode): OnnxGraph {
  const body = node.attributes.get('body');
  if (!isGraph(body)) throw unsupported(node, 'without a body');
  return body;
}

/** Every operator must be known before anything runs. @throws UserError `engine-unavailable` */
export function requireOperators(graph: OnnxGraph): void {
  for (const node of graph.nodes) {
    const name = operatorName(node);
    if (name === scanName) requireOperators(bodyOf(node));
    else if (!Object.hasOwn(operators, name)) throw unsupported(node, 'at all');
  }
}

/** Constants of a graph and its subgraphs, by their tensor: uploaded once for a session. */
export type Constants = ReadonlyMap<OnnxTensor, Value>;

export function uploadConstants(tf: TensorFlow, graph: OnnxGraph): Map<OnnxTensor, Value> {
  const constants = new Map<OnnxTensor, Value>(graph.initializers.map((tensor) => [tensor, constant(tf, tensor)]));
  for (const node of graph.nodes) if (operatorName(node) === scanName) for (const entry of uploadConstants(tf, bodyOf(node))) constants.set(...entry);
  return constants;
}

function constant(tf: TensorFlow, { type, shape, data }: OnnxTensor): Value {
  if (data instanceof Float32Array) return tf.tensor(data, shape, 'float32');
  if (data instanceof Int32Array) return tf.tensor(data, shape, 'int32');
  if (data instanceof Uint8Array) return tf.tensor(data, shape, 'bool');
  return { host: type === 'string' ? 'string' : 'int64', shape, data };
}

export interface Execution {
  readonly tf: TensorFlow;
  readonly constants: Constants;
}

/** Runs a graph's nodes in order; the result is its outputs, in the graph's order. Tensors made on the way belong to the caller's `tidy`. */
export function runGraph(execution: Execution, graph: OnnxGraph, outer: Scope): Value[] {
  const values = new Map<string, Value>();
  for (const tensor of graph.initializers) {
    const value = execution.constants.get(tensor);
    if (value) values.set(tensor.name, value);
  }
  const scope: Scope = (name) => values.get(name) ?? outer(name);
  for (const node of graph.nodes) {
    const call = new Call(execution.tf, node, node.inputs.map((name) => (name === '' ? undefined : required(scope, name))));
    const operator = operators[operatorName(node)];
    const results = operator ? [operator(call)].flat() : scan(execution, call, scope);
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (result) values.set(name, result);
    });
  }
  return graph.outputs.map((name) => required(scope, name));
}

function required(scope: Scope, name: string): Value {
  const value = scope(name);
  if (!value) throw new Error(`the graph has no value ${name}`);
  return value;
}

/** Row `step` of a scanned input. */
function rowOf(tf: TensorFlow, value: Value, step: number): Value {
  const shape = value.shape.slice(1);
  const size = shape.reduce((product, next) => product * next, 1);
  if (isHost(value)) return { ...value, shape, data: value.data.slice(step * size, (step + 1) * size) };
  return tf.reshape(tf.slice(value, [step, ...shape.map(() => 0)], [1, ...shape]), shape);
}

/**
 * Scan as a loop: the body takes the state and a row of each scanned input, and gives the next state and a row of each scanned
 * output. A step's tensors are disposed of when it ends, the state's when the next one replaces it.
 */
function scan(execution: Execution, call: Call, scope: Scope): Value[] {
  const { tf } = execution;
  const body = bodyOf(call.node);
  const inputs = call.inputs.map((_, index) => call.value(index));
  const stateCount = inputs.length - call.number('num_scan_inputs', 0);
  const scanned = inputs.slice(stateCount);
  const steps = scanned[0]?.shape[0] ?? 0;
  let state = inputs.slice(0, stateCount);
  const rows: Tensor[][] = [];
  for (let step = 0; step < steps; step++) {
    const results = tf.tidy(() => {
      const given = new Map([...state, ...scanned.map((value) => rowOf(tf, value, step))].map((value, index) => [body.inputs[index] ?? '', value]));
      return runGraph(execution, body, (name) => given.get(name) ?? scope(name)).map((value) => onDevice(call, value));
    });
    const next = results.slice(0, stateCount);
    for (const old of step === 0 ? [] : state) if (!isHost(old) && !next.includes(old)) old.dispose();
    state = next;
    rows.push(results.slice(stateCount));
  }
  const stacked = (rows[0] ?? []).map((_, index) => tf.stack(rows.flatMap((row) => row[index] ?? [])));
  return [...state, ...stacked];
}

function onDevice(call: Call, value: Value): Tensor {
  if (isHost(value)) throw unsupported(call.node, `with ${(value satisfies HostTensor).host} outputs`);
  return value;
}
