import { servedOperators } from '../../src/onnx/served-operators.ts';
import { readFields } from '../../src/onnx/protobuf-reader.ts';
import type { Random } from '../../src/statistics/random.ts';

/** A protobuf message taken apart: what is a message in onnx.proto3 is a tree, the rest are bytes or numbers. */
interface Part {
  field: number;
  wire: 'varint' | 'bytes' | 'fixed';
  value: bigint | Uint8Array | Part[];
}

/** Which fields of a message are messages themselves. */
interface Nested {
  readonly [field: number]: Nested;
}

const tensor: Nested = {};
const node: Nested = { 5: {} };
const end: Nested = { 2: { 1: { 2: { 1: {} } } } };
const modelMessage: Nested = { 7: { 1: node, 5: tensor, 11: end, 12: end }, 8: {}, 14: {} };

function takeApart(message: Uint8Array, nested: Nested): Part[] {
  return [...readFields(message)].map(({ field, wire, value }) => {
    const inside = nested[field];
    return { field, wire, value: inside !== undefined && value instanceof Uint8Array ? takeApart(value, inside) : value };
  });
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function putTogether(parts: readonly Part[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const { field, wire, value } of parts) {
    const content = typeof value === 'bigint' ? Uint8Array.from(varint(value)) : value instanceof Uint8Array ? value : putTogether(value);
    const wireType = wire === 'varint' ? 0n : wire === 'bytes' ? 2n : content.length === 4 ? 5n : 1n;
    pieces.push(Uint8Array.from([...varint((BigInt(field) << 3n) | wireType), ...(wireType === 2n ? varint(BigInt(content.length)) : [])]), content);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/** Every place in the tree: the list that a part is in, and where. */
function places(parts: Part[]): { readonly list: Part[]; readonly index: number }[] {
  return parts.flatMap((part, index) => [{ list: parts, index }, ...(Array.isArray(part.value) ? places(part.value) : [])]);
}

const strangeNumbers = [0n, 1n, 2n, 3n, 6n, 7n, 8n, 9n, 11n, 15n, 127n, 128n, 255n, 65_536n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 33n + 1n, 2n ** 40n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n - 2n];
const strangeFloats = [0, -0, 1, -1, 1e-45, 3e38, -3e38, NaN, Infinity, -Infinity];
const operators = [...servedOperators.keys()];
const pick = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)] as T;

/** Changes one part of the tree, so that everything around it stays sound. */
function changePart(tree: Part[], random: Random): string {
  const all = places(tree);
  const { list, index } = pick(all, random);
  const part = list[index];
  if (part === undefined) return 'nothing';
  const other = pick(all, random);
  // A copy: a part that came to lie in itself would have no end.
  const elsewhere = structuredClone(other.list[other.index] ?? part);
  const kind = random.integer(7);
  if (kind === 0) list.splice(index, 1);
  else if (kind === 1) list.splice(random.integer(list.length + 1), 0, structuredClone(part));
  else if (kind === 2) list.splice(index, 1, { ...elsewhere, field: part.field });
  else if (kind === 3) part.field = 1 + random.integer(30);
  else if (typeof part.value === 'bigint') part.value = kind === 4 ? part.value + BigInt(random.integer(5) - 2) : pick(strangeNumbers, random);
  else if (part.value instanceof Uint8Array) part.value = changeBytes(part.value, { kind, texts: all.flatMap(({ list: near, index: at }) => (near[at]?.value instanceof Uint8Array && near[at].value.length < 40 ? [near[at].value] : [])) }, random);
  return `part ${kind} of field ${part.field}`;
}

function changeBytes(bytes: Uint8Array, { kind, texts }: { readonly kind: number; readonly texts: readonly Uint8Array[] }, random: Random): Uint8Array {
  if (kind === 4) return pick(texts, random);
  if (kind === 5 && bytes.length < 40) return new TextEncoder().encode(pick(operators, random));
  const changed = new Uint8Array(bytes);
  if (changed.length >= 4) new DataView(changed.buffer).setFloat32(4 * random.integer(changed.length >> 2), pick(strangeFloats, random), true);
  else if (changed.length > 0) changed[random.integer(changed.length)] = random.integer(256);
  return changed;
}

/** Changes bytes wherever they are. */
function changeFile(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = new Uint8Array(bytes);
  const at = random.integer(bytes.length);
  const length = 1 + random.integer(64);
  switch (random.integer(6)) {
    case 0:
      changed[at] = random.integer(256);
      return changed;
    case 1:
      changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(8));
      return changed;
    case 2:
      return changed.subarray(0, at);
    case 3:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(at + length)]);
    case 4:
      return Uint8Array.from([...changed.subarray(0, at), ...changed.subarray(random.integer(bytes.length)).subarray(0, length), ...changed.subarray(at)]);
    default:
      for (let times = 1 + random.integer(4); times > 0; times -= 1) changed[random.integer(bytes.length)] = random.integer(256);
      return changed;
  }
}

/** One of endlessly many changed models, and what was changed: a quarter in bytes, the others in one to three parts of the message's tree. */
export function mutateModel(bytes: Uint8Array, random: Random): { readonly mutated: Uint8Array; readonly change: string } {
  if (random.integer(4) === 0) return { mutated: changeFile(bytes, random), change: 'bytes' };
  const tree = takeApart(bytes, modelMessage);
  const changes = Array.from({ length: 1 + random.integer(3) * random.integer(2) }, () => changePart(tree, random));
  return { mutated: putTogether(tree), change: changes.join(', ') };
}
