import type { Attribute } from './attribute-proto.ts';
import type { Dimension, ElementType } from './element-type.ts';
import { graphProto, modelProto, nodeProto, valueInfoProto } from './model-proto.ts';
import { tensorProto, type TensorContent } from './tensor-proto.ts';

/** A tensor that flows through a graph under construction. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface NodeOptions {
  readonly shape: readonly Dimension[];
  /** Element type of the output; the first input's unless given. */
  readonly type?: ElementType;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** Constants this small are shared by value; larger ones are written once where they are made. */
const sharedConstantLength = 8;

/**
 * Collects nodes, constants, inputs and outputs of one ONNX graph. Every value gets a fresh name; `scope` keeps the names of a
 * subgraph apart from those of the graph around it, whose values a subgraph may use directly.
 */
export class GraphBuilder {
  readonly #scope: string;
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #constants = new Map<string, Value>();
  #count = 0;

  constructor(scope = '') {
    this.#scope = scope;
  }

  #fresh(hint: string): string {
    this.#count += 1;
    return `${this.#scope}${hint}_${this.#count}`;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push(valueInfoProto(name, type, shape));
    return { name, type, shape };
  }

  /** Publishes `value` under `name`. */
  output(value: Value, name: string): void {
    this.#nodes.push(nodeProto({ operator: 'Identity', inputs: [value.name], outputs: [name], attributes: {}, domain: '' }));
    this.#outputs.push(valueInfoProto(name, value.type, value.shape));
  }

  constant(content: TensorContent): Value {
    const key = content.data.length <= sharedConstantLength ? `${content.type}[${content.shape.join()}]${JSON.stringify(Array.from(content.data as ArrayLike<unknown>))}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const value: Value = { name: this.#fresh('constant'), type: content.type, shape: content.shape };
    this.#initializers.push(tensorProto(value.name, content));
    if (key !== undefined) this.#constants.set(key, value);
    return value;
  }

  scalar(value: number): Value {
    return this.constant({ type: 'float', shape: [], data: [value] });
  }

  /** A vector of 64-bit integers: shapes, axes, split sizes. */
  integers(values: readonly number[]): Value {
    return this.constant({ type: 'int64', shape: [values.length], data: values });
  }

  /** One node with one output. */
  apply(operator: string, inputs: readonly Value[], options: NodeOptions): Value {
    const output: Value = { name: this.#fresh(operator.toLowerCase()), type: options.type ?? inputs[0]?.type ?? 'float', shape: options.shape };
    this.#nodes.push(nodeProto({ operator, inputs: inputs.map((input) => input.name), outputs: [output.name], attributes: options.attributes ?? {}, domain: options.domain ?? '' }));
    return output;
  }

  /** One node whose outputs have the given names, types and shapes: `Scan` and `Split`. */
  applyNamed(operator: string, inputs: readonly Value[], options: { readonly outputs: readonly Value[]; readonly attributes?: Readonly<Record<string, Attribute>> }): void {
    this.#nodes.push(nodeProto({ operator, inputs: inputs.map((input) => input.name), outputs: options.outputs.map((output) => output.name), attributes: options.attributes ?? {}, domain: '' }));
  }

  /** Splits along `axis` into pieces of the given sizes. */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    const outputs = sizes.map((size): Value => ({ name: this.#fresh('split'), type: value.type, shape: value.shape.map((old, index) => (index === axis ? size : old)) }));
    this.applyNamed('Split', [value, this.integers(sizes)], { outputs, attributes: { axis: { kind: 'integer', value: axis } } });
    return outputs;
  }

  graph(name: string): Uint8Array {
    return graphProto(name, { nodes: this.#nodes, initializers: this.#initializers, inputs: this.#inputs, outputs: this.#outputs });
  }

  model(name: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return modelProto(this.graph(name), metadata);
  }
}
