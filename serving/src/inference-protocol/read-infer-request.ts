import { RequestError } from '../request-error.ts';
import { datatypes, type Datatype, type InferRequest, type InferTensor, type RequestedOutput } from './infer-tensor.ts';
import type { SplitBody } from './split-body.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const invalid = (message: string): RequestError => new RequestError('tensor-invalid', message);
const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60));

function parametersOf(value: unknown, where: string): Json {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalid(`${where}: "parameters" must be an object.`);
  return value;
}

function nameOf(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 256) throw invalid(`${where}: "name" is ${shown(value)}; it must be a text of 1 to 256 characters.`);
  return value;
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** @param rest bytes that no tensor before has taken */
function readTensor(value: unknown, position: number, rest: Buffer): InferTensor {
  if (!isObject(value)) throw invalid(`inputs[${position}] is not an object.`);
  const name = nameOf(value['name'], `inputs[${position}]`);
  const { datatype, shape, data } = value;
  if (!datatypes.includes(datatype as Datatype)) throw invalid(`Tensor "${name}": "datatype" is ${shown(datatype)}; it must be one of ${datatypes.join(', ')}.`);
  if (!Array.isArray(shape) || shape.length === 0 || shape.length > 2 || !shape.every(isSize)) throw invalid(`Tensor "${name}": "shape" is ${shown(shape)}; it must be [rows] or [rows, columns].`);
  const head = { name, datatype: datatype as Datatype, shape };
  const size = parametersOf(value['parameters'], `Tensor "${name}"`)['binary_data_size'];
  if (size === undefined) {
    if (!Array.isArray(data)) throw invalid(`Tensor "${name}": "data" is ${shown(data)}; it must be a list, or the parameter binary_data_size must say how many bytes follow the JSON part.`);
    return { ...head, elements: { kind: 'json', data } };
  }
  if (data !== undefined) throw invalid(`Tensor "${name}" has both "data" and the parameter binary_data_size; send one of them.`);
  if (!isSize(size) || size > rest.length) throw invalid(`Tensor "${name}": binary_data_size is ${shown(size)}, but ${rest.length} bytes are left behind the JSON part.`);
  return { ...head, elements: { kind: 'binary', bytes: rest.subarray(0, size) } };
}

function readOutput(value: unknown, position: number, standard: boolean): RequestedOutput {
  if (!isObject(value)) throw invalid(`outputs[${position}] is not an object.`);
  const name = nameOf(value['name'], `outputs[${position}]`);
  const binary = parametersOf(value['parameters'], `Output "${name}"`)['binary_data'] ?? standard;
  if (typeof binary !== 'boolean') throw invalid(`Output "${name}": binary_data is ${shown(binary)}; it must be true or false.`);
  return { name, binary };
}

/**
 * Reads an inference request as the Open Inference Protocol has it, with the binary tensor data extension.
 * Source: github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md; Triton's extension_binary_data.md.
 * @throws RequestError naming the tensor that is malformed.
 */
export function readInferRequest({ head, binary }: SplitBody): InferRequest {
  if (!isObject(head)) throw new RequestError('body-invalid', 'The body is not a JSON object; an inference request has "inputs", a list of tensors.');
  const { id, inputs, outputs } = head;
  if (id !== undefined && (typeof id !== 'string' || id.length > 256)) throw new RequestError('body-invalid', `"id" is ${shown(id)}; it must be a text of at most 256 characters.`);
  if (!Array.isArray(inputs) || inputs.length === 0) throw new RequestError('body-invalid', `"inputs" is ${shown(inputs)}; it must be a list of tensors.`);
  if (inputs.length > 4096) throw new RequestError('body-invalid', `"inputs" has ${inputs.length} tensors; a model takes one per column.`);
  const binaryOutput = parametersOf(head['parameters'], 'The request')['binary_data_output'] ?? false;
  if (typeof binaryOutput !== 'boolean') throw new RequestError('body-invalid', `The parameter binary_data_output is ${shown(binaryOutput)}; it must be true or false.`);
  let rest = binary;
  const tensors = inputs.map((value: unknown, position) => {
    const tensor = readTensor(value, position, rest);
    if (tensor.elements.kind === 'binary') rest = rest.subarray(tensor.elements.bytes.length);
    return tensor;
  });
  if (rest.length > 0) throw new RequestError('body-invalid', `${rest.length} bytes behind the JSON part belong to no tensor; the sum of binary_data_size must be ${binary.length}.`);
  if (outputs !== undefined && !Array.isArray(outputs)) throw new RequestError('body-invalid', `"outputs" is ${shown(outputs)}; it must be a list.`);
  const requested = outputs?.length === 0 ? undefined : outputs?.map((value: unknown, position) => readOutput(value, position, binaryOutput));
  return { id, tensors, outputs: requested, binaryOutput };
}
