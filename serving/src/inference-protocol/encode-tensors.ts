import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';
import { allowedNumber, allowedText, fitsFloat, fitsText, refusedValue } from '../predict/column-values.ts';
import { RequestError } from '../request-error.ts';
import type { InferTensor } from './infer-tensor.ts';
import { numericElements, textElements } from './tensor-elements.ts';

export type TensorsByName = ReadonlyMap<string, InferTensor>;

/** Which tensors carry the columns of one input of the model: one tensor per column, or all columns in one of the input's name. */
interface Layout {
  readonly tensors: readonly InferTensor[];
  readonly width: number;
}

/** Names of the packed inputs; a column of such a name would be meant instead. */
const packedNames = { numbers: 'num', strings: 'cat' } as const;

function packedName(description: ModelDescription, input: 'numbers' | 'strings'): string | undefined {
  const name = packedNames[input];
  const taken = [...description.numbers, ...description.strings, ...description.key, description.eventTime].includes(name);
  return taken ? undefined : name;
}

function layoutOf(byName: TensorsByName, description: ModelDescription, input: 'numbers' | 'strings'): Layout {
  const columns = description[input];
  const packed = packedName(description, input);
  const tensor = packed === undefined ? undefined : byName.get(packed);
  if (!tensor) {
    const tensors = columns.map((column) => {
      const found = byName.get(column);
      if (found) return found;
      throw new RequestError('tensor-missing', `Tensor "${column}" is missing${packed === undefined ? '' : `; send it, or all ${columns.length} columns in "${packed}" [rows, ${columns.length}]`}.`, { column });
    });
    return { tensors, width: 1 };
  }
  const column = columns.find((name) => byName.has(name));
  if (column !== undefined) throw new RequestError('tensor-duplicate', `Column "${column}" is sent twice: in "${tensor.name}" and by itself.`, { column });
  return { tensors: [tensor], width: columns.length };
}

function checkShape({ name, shape }: InferTensor, rows: number, width: number): void {
  const [first, second = 1] = shape;
  if (first !== rows || second !== width || (width !== 1 && shape.length !== 2)) {
    throw new RequestError('tensor-invalid', `Tensor "${name}" has shape [${shape.join(', ')}]; it must be [${rows}, ${width}], as the other tensors have ${rows} rows.`);
  }
}

/** An infinity's bits without its sign: all of the exponent, none of the fraction. */
const infinityBits = 0x7f_80_00_00;

/**
 * Position of the first infinity, or -1. Over the bits and with the length looked at once: in bulk, comparing the numbers themselves took as long as half
 * of the model's run.
 */
function firstInfinity(numbers: Float32Array): number {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const { length } = bits;
  for (let index = 0; index < length; index += 1) {
    if (((bits[index] ?? 0) & 0x7f_ff_ff_ff) === infinityBits) return index;
  }
  return -1;
}

/** One FP32 tensor with all columns is what the model takes: it is checked where it lies. */
function checkedInPlace(packed: Float32Array, columns: readonly string[]): Float32Array {
  const index = firstInfinity(packed);
  if (index >= 0) throw refusedValue(packed[index], { row: Math.floor(index / columns.length), column: columns[index % columns.length] ?? '' }, allowedNumber);
  return packed;
}

function encodeNumbers({ tensors, width }: Layout, columns: readonly string[], rows: number): Float32Array {
  const elementsOf = tensors.map((tensor) => (checkShape(tensor, rows, width), numericElements(tensor)));
  const [packed] = elementsOf;
  if (tensors.length === 1 && packed instanceof Float32Array) return checkedInPlace(packed, columns);
  const encoded = new Float32Array(rows * columns.length);
  for (const [position, elements] of elementsOf.entries()) {
    for (let index = 0; index < elements.length; index += 1) {
      const value = elements[index];
      if (typeof value === 'number' ? !fitsFloat(value) : value !== null) {
        throw refusedValue(value ?? null, { row: Math.floor(index / width), column: columns[position + (index % width)] ?? '' }, allowedNumber);
      }
      encoded[width === 1 ? index * columns.length + position : index] = value === null ? Number.NaN : (value as number);
    }
  }
  return encoded;
}

function encodeTexts({ tensors, width }: Layout, columns: readonly string[], rows: number): string[] {
  const encoded = new Array<string>(rows * columns.length);
  for (const [position, tensor] of tensors.entries()) {
    checkShape(tensor, rows, width);
    const elements = textElements(tensor);
    for (let index = 0; index < elements.length; index += 1) {
      const value = elements[index] ?? '';
      if (!fitsText(value)) throw refusedValue(value, { row: Math.floor(index / width), column: columns[position + (index % width)] ?? '' }, allowedText);
      encoded[width === 1 ? index * columns.length + position : index] = value;
    }
  }
  return encoded;
}

/** @throws RequestError for a tensor that is sent twice or that the model does not take. */
export function tensorsByName(tensors: readonly InferTensor[], description: ModelDescription): TensorsByName {
  const { numbers, strings, key, eventTime } = description;
  const known = new Set([...numbers, ...strings, ...key, ...(eventTime === undefined ? [] : [eventTime]), packedNames.numbers, packedNames.strings]);
  const byName = new Map<string, InferTensor>();
  for (const tensor of tensors) {
    if (!known.has(tensor.name)) throw new RequestError('tensor-unknown', `Tensor "${tensor.name.slice(0, 80)}" is not one that this model takes; remove it.`, { column: tensor.name.slice(0, 80) });
    if (byName.has(tensor.name)) throw new RequestError('tensor-duplicate', `Tensor "${tensor.name}" is sent twice.`, { column: tensor.name });
    byName.set(tensor.name, tensor);
  }
  return byName;
}

/**
 * The rows of an inference request as the model takes them. No object per row is made; packed FP32 numbers are not even copied.
 * @throws RequestError naming tensor, row and column.
 */
export function encodeTensors(byName: TensorsByName, description: ModelDescription, maximumRows: number): EncodedRows {
  const [numbers, strings] = [layoutOf(byName, description, 'numbers'), layoutOf(byName, description, 'strings')];
  const count = (numbers.tensors[0] ?? strings.tensors[0])?.shape[0] ?? 0;
  if (count === 0) throw new RequestError('rows-empty', 'The request has no rows; send at least one.');
  if (count > maximumRows) throw new RequestError('too-many-rows', `The request has ${count} rows; at most ${maximumRows} are allowed. Send the rest in further requests.`);
  return { count, numbers: encodeNumbers(numbers, description.numbers, count), strings: encodeTexts(strings, description.strings, count) };
}
