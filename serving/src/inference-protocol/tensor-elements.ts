import { RequestError } from '../request-error.ts';
import { binaryNumbers, binaryTexts } from './binary-tensors.ts';
import type { InferTensor } from './infer-tensor.ts';

const sizeOf = ({ shape }: InferTensor): number => shape.reduce((product, size) => product * size, 1);

/** JSON data is flat or nested as its shape is. @throws RequestError where there are more or fewer elements than the shape says. */
function flatData(tensor: InferTensor, data: readonly unknown[]): readonly unknown[] {
  const nested = tensor.shape.length === 2 && data.some(Array.isArray);
  const flat: readonly unknown[] = nested ? data.flat(1) : data;
  const evenly = !nested || data.every((row) => Array.isArray(row) && row.length === tensor.shape[1]);
  if (flat.length !== sizeOf(tensor) || !evenly) throw new RequestError('tensor-invalid', `Tensor "${tensor.name}" has ${flat.length} elements; its shape [${tensor.shape.join(', ')}] makes ${sizeOf(tensor)}.`);
  return flat;
}

/** Elements as numbers; where they came as JSON they may still be anything, and null is a missing value. @throws RequestError */
export function numericElements(tensor: InferTensor): ArrayLike<unknown> {
  const { datatype, elements } = tensor;
  if (datatype === 'BYTES') throw new RequestError('tensor-invalid', `Tensor "${tensor.name}" is BYTES; it must be FP32 (or FP64, INT32, INT64).`);
  return elements.kind === 'json' ? flatData(tensor, elements.data) : binaryNumbers({ name: tensor.name, datatype }, elements.bytes, sizeOf(tensor));
}

/** Elements as texts; where they came as JSON they may still be anything, and null is a missing value. @throws RequestError */
export function textElements(tensor: InferTensor): ArrayLike<unknown> {
  const { datatype, elements } = tensor;
  if (datatype !== 'BYTES') throw new RequestError('tensor-invalid', `Tensor "${tensor.name}" is ${datatype}; it must be BYTES.`);
  return elements.kind === 'json' ? flatData(tensor, elements.data) : binaryTexts(tensor.name, elements.bytes, sizeOf(tensor));
}
