import { RequestError } from '../request-error.ts';
import type { Datatype } from './infer-tensor.ts';

const numberArrays = { FP32: Float32Array, FP64: Float64Array, INT32: Int32Array, INT64: BigInt64Array } as const;
export type NumericDatatype = Exclude<Datatype, 'BYTES'>;

function wrongSize(name: string, found: number, expected: string): RequestError {
  return new RequestError('tensor-invalid', `Tensor "${name}" has ${found} bytes; its shape and datatype make ${expected}.`);
}

/**
 * The numbers in little-endian bytes. They are not copied where they begin at a multiple of their size: clients that pad the JSON part with spaces
 * to a multiple of 8 spare the service a copy.
 * @throws RequestError where the bytes are not `count` numbers.
 */
export function binaryNumbers(tensor: { readonly name: string; readonly datatype: NumericDatatype }, bytes: Buffer, count: number): ArrayLike<number> {
  const type = numberArrays[tensor.datatype];
  if (bytes.length !== count * type.BYTES_PER_ELEMENT) throw wrongSize(tensor.name, bytes.length, String(count * type.BYTES_PER_ELEMENT));
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const numbers = new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
  return numbers instanceof BigInt64Array ? Float64Array.from(numbers, Number) : numbers;
}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Categories are short: up to six bytes fit into a number that finds the text again. */
const shortBytes = 6;
const maximumKnownTexts = 20_000;

/** Texts decoded before, by their bytes: a column of categories says the same few words again and again. */
const knownTexts = new Map<number, string>();

function decode(bytes: Buffer, name: string): string {
  try {
    return strictText.decode(bytes);
  } catch {
    throw new RequestError('tensor-invalid', `Tensor "${name}" has a text that is not UTF-8.`);
  }
}

function textAt(bytes: Buffer, range: { readonly start: number; readonly end: number }, name: string): string {
  const { start, end } = range;
  const length = end - start;
  if (length === 0) return '';
  if (length > shortBytes) return decode(bytes.subarray(start, end), name);
  // A leading 1 keeps texts of different lengths apart.
  let key = 1;
  for (let index = start; index < end; index += 1) key = key * 256 + (bytes[index] ?? 0);
  const known = knownTexts.get(key);
  if (known !== undefined) return known;
  const text = decode(bytes.subarray(start, end), name);
  if (knownTexts.size >= maximumKnownTexts) knownTexts.clear();
  knownTexts.set(key, text);
  return text;
}

/**
 * The texts of a BYTES tensor: each is four bytes of length, little-endian, then UTF-8.
 * @throws RequestError where the bytes are not `count` texts.
 */
export function binaryTexts(name: string, bytes: Buffer, count: number): string[] {
  // Before anything is allocated: every element has at least its length.
  if (bytes.length < count * 4) throw wrongSize(name, bytes.length, `at least ${count * 4}`);
  const texts = new Array<string>(count);
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    if (offset + 4 > bytes.length) throw wrongSize(name, bytes.length, `more: element ${index} has no length`);
    const start = offset + 4;
    const end = start + bytes.readUInt32LE(offset);
    if (end > bytes.length) throw wrongSize(name, bytes.length, `more: element ${index} ends at ${end}`);
    texts[index] = textAt(bytes, { start, end }, name);
    offset = end;
  }
  if (offset !== bytes.length) throw wrongSize(name, bytes.length, `${offset} with ${count} elements`);
  return texts;
}
