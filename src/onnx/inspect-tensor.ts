import { elementTypeCodes, type ElementType } from './element-type.ts';
import { quoted, refuseModel, strictFields, strictName, strictText, type MessageRules } from './strict-message.ts';

export interface ModelTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly elements: number;
  /** The values of whole numbers; undefined for others. */
  readonly integers: readonly number[] | undefined;
}

/** `TensorProto` as Taxiway writes it: numbers in raw_data, texts in string_data. */
const tensorRules: MessageRules = {
  1: { wire: 'varint', repeated: true },
  2: { wire: 'varint' },
  6: { wire: 'bytes', repeated: true },
  8: { wire: 'bytes' },
  9: { wire: 'bytes' },
  // External data and where it is: named here only to be refused in words.
  13: { wire: 'bytes', repeated: true },
  14: { wire: 'varint' },
};

const bytesPerElement: Readonly<Record<Exclude<ElementType, 'string'>, number>> = { float: 4, int32: 4, int64: 8, bool: 1 };
const typeOfCode = new Map<number, ElementType>(Object.entries(elementTypeCodes).map(([type, code]) => [code, type as ElementType]));
const maximumRank = 8;
/** Whole numbers say shapes, axes and sizes; a longer list of them is a table. */
const keptIntegers = 64;

/** @throws UserError `model-invalid` for an element type that Taxiway does not write */
export function elementType(code: bigint, what: string): ElementType {
  const type = code < 100n ? typeOfCode.get(Number(code)) : undefined;
  if (type === undefined) throw refuseModel(`${what} has the element type ${code}`);
  return type;
}

/**
 * Reads what a tensor declares and holds it to the bytes that are there, so that nothing larger than the file is ever allocated for it.
 * @throws UserError `model-invalid`
 */
export function inspectTensor(message: Uint8Array, maximumElements: number): ModelTensor {
  const shape: number[] = [];
  let type: ElementType | undefined;
  let name = '';
  let raw: Uint8Array | undefined;
  let texts = 0;
  for (const field of strictFields(message, 'a tensor', tensorRules)) {
    if (field.field === 13 || field.field === 14) throw refuseModel('a tensor keeps its data in another file');
    if (field.wire === 'varint') {
      if (field.field === 2) type = elementType(field.value, 'a tensor');
      else shape.push(sizeOf(field.value));
    } else if (field.field === 6) {
      texts += 1;
      strictText(field);
    } else if (field.field === 8) name = strictName(field);
    else raw = field.value;
  }
  const title = `tensor ${quoted(name)}`;
  if (type === undefined) throw refuseModel(`${title} has no element type`);
  if (shape.length > maximumRank) throw refuseModel(`${title} has ${shape.length} dimensions, at most ${maximumRank} are allowed`);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > maximumElements) throw refuseModel(`${title} declares ${elements} elements, at most ${maximumElements} are allowed`);
  const held = type === 'string' ? texts : (raw?.length ?? 0) / bytesPerElement[type];
  if (held !== elements || (type === 'string' ? raw !== undefined : texts > 0)) throw refuseModel(`${title} declares ${elements} elements and holds ${held}`);
  if (type === 'float' && raw !== undefined) refuseNonFinite(raw, title);
  return { name, type, shape, elements, integers: type !== 'string' && raw !== undefined && elements <= keptIntegers ? readIntegers(type, raw) : undefined };
}

function sizeOf(value: bigint): number {
  const size = Number(BigInt.asIntN(64, value));
  if (size < 0) throw refuseModel('a tensor declares a negative size');
  return size;
}

function refuseNonFinite(raw: Uint8Array, title: string): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let offset = 0; offset < raw.length; offset += 4) {
    // All exponent bits set: an infinity or no number.
    if ((view.getUint32(offset, true) & 0x7f800000) === 0x7f800000) throw refuseModel(`${title} holds a value that is no finite number`);
  }
}

function readIntegers(type: Exclude<ElementType, 'string'>, raw: Uint8Array): number[] | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (type === 'int64') return Array.from({ length: raw.length / 8 }, (_, index) => Number(view.getBigInt64(8 * index, true)));
  if (type === 'int32') return Array.from({ length: raw.length / 4 }, (_, index) => view.getInt32(4 * index, true));
  return undefined;
}
