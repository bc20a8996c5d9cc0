import { describeModel } from '../../src/delaynet/model-description.ts';
import { float, floats, strings, type Attribute } from '../../src/onnx/attribute-proto.ts';
import { graphProto, irVersion, metadataEntry, mlDomain, mlOpsetVersion, nodeProto, opsetVersion, valueInfoProto } from '../../src/onnx/model-proto.ts';
import { ProtobufWriter } from '../../src/onnx/protobuf-writer.ts';
import { tensorProto } from '../../src/onnx/tensor-proto.ts';

/** Columns of the forged model, and of the rows that it is asked about. */
export const columns = { num: ['delay', 'distance'], cat: ['carrier'] } as const;

/** What a forged model has instead of what an honest one has. */
export interface Forgery {
  /** Between the sum `z` and the answer: they must make `y`, [rows, 1]. */
  readonly between?: readonly Uint8Array[];
  /** Besides the honest ones. */
  readonly initializers?: readonly Uint8Array[];
  readonly weights?: Uint8Array;
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
  readonly irVersion?: number | bigint;
  readonly opsets?: readonly (readonly [domain: string, version: number])[];
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Appended to the graph and to the model as they are. */
  readonly graphTail?: Uint8Array;
  readonly modelTail?: Uint8Array;
}

export function node(operator: string, ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }, more: { readonly attributes?: Readonly<Record<string, Attribute>>; readonly domain?: string } = {}): Uint8Array {
  return nodeProto({ operator, ...ends, attributes: more.attributes ?? {}, domain: more.domain ?? '' });
}

export const message = (...fields: readonly (readonly [field: number, value: number | bigint | string | Uint8Array])[]): Uint8Array => {
  const writer = new ProtobufWriter();
  for (const [field, value] of fields) {
    if (typeof value === 'string') writer.text(field, value);
    else if (value instanceof Uint8Array) writer.bytes(field, value);
    else writer.integer(field, value);
  }
  return writer.finish();
};

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export const whole = (name: string, values: readonly number[]): Uint8Array => tensorProto(name, { type: 'int64', shape: [values.length], data: values });

export const weightBytes = new Uint8Array(Float32Array.of(0.1, -0.001).buffer);
export const weights = tensorProto('w', { type: 'float', shape: [2, 1], data: [0.1, -0.001] });

/** A tensor [2, 1] whose values lie in another file (onnx.proto3, external_data). */
export const externalWeights = (location: string, name = 'w'): Uint8Array =>
  message([1, 2], [1, 1], [2, 1], [8, name], [13, message([1, 'location'], [2, location])], [13, message([1, 'offset'], [2, '0'])], [13, message([1, 'length'], [2, '8'])], [14, 1]);

/** A node with an attribute that GraphBuilder does not write. */
export const nodeWith = (operator: string, ends: { readonly inputs: readonly string[]; readonly outputs: readonly string[] }, attribute: Uint8Array): Uint8Array => joined(node(operator, ends), message([5, attribute]));

export const tensorAttribute = (name: string, tensor: Uint8Array): Uint8Array => message([1, name], [5, tensor], [20, 4]);

const description = describeModel({
  schema: 'taxiway/model/v1',
  inputs: { num: [...columns.num], cat: [...columns.cat] },
  label: 'delayed',
  features: [{ transform: 'numeric', columns: [...columns.num] }],
  encoded: [...columns.num],
  embedded: [],
  calibration: { slope: 1, offset: 0 },
  parameters: 3,
});

export const honestInputs = [valueInfoProto('num', 'float', ['rows', columns.num.length]), valueInfoProto('cat', 'string', ['rows', columns.cat.length])];
export const honestOutput = valueInfoProto('probability', 'float', ['rows', 1]);

/** sigmoid(0.1 · delay − 0.001 · distance + (carrier is AA ? 1 : 0)), and what is forged. */
export function forgeGraph(forgery: Forgery = {}): Uint8Array {
  const { between = [node('Identity', { inputs: ['z'], outputs: ['y'] })] } = forgery;
  const carrier = { keys_strings: strings(['AA']), values_floats: floats([1]), default_float: float(0) };
  const graph = graphProto('forged', {
    nodes: [
      node('IsNaN', { inputs: ['num'], outputs: ['missing'] }),
      node('Where', { inputs: ['missing', 'zero', 'num'], outputs: ['filled'] }),
      node('MatMul', { inputs: ['filled', 'w'], outputs: ['m'] }),
      node('LabelEncoder', { inputs: ['cat'], outputs: ['e'] }, { attributes: carrier, domain: mlDomain }),
      node('Add', { inputs: ['m', 'e'], outputs: ['z'] }),
      ...between,
      node('Sigmoid', { inputs: ['y'], outputs: ['probability'] }),
    ],
    initializers: [forgery.weights ?? weights, tensorProto('zero', { type: 'float', shape: [1, 1], data: [0] }), ...(forgery.initializers ?? [])],
    inputs: forgery.inputs ?? honestInputs,
    outputs: forgery.outputs ?? [honestOutput],
  });
  return joined(graph, forgery.graphTail ?? new Uint8Array());
}

export function forgeModel(forgery: Forgery = {}): Uint8Array {
  const writer = new ProtobufWriter().integer(1, forgery.irVersion ?? irVersion).text(2, 'taxiway').bytes(7, forgeGraph(forgery));
  for (const [domain, version] of forgery.opsets ?? [['', opsetVersion], [mlDomain, mlOpsetVersion]]) writer.bytes(8, message([1, domain], [2, version]));
  const described = forgery.description === undefined ? description : forgery.description === null ? {} : { 'taxiway.model': forgery.description };
  for (const [key, value] of Object.entries({ ...described, ...forgery.metadata })) writer.bytes(14, metadataEntry(key, value));
  return joined(writer.finish(), forgery.modelTail ?? new Uint8Array());
}
