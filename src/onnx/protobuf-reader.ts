import { UserError } from '../errors.ts';

export type ProtobufField =
  | { readonly field: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly field: number; readonly wire: 'bytes'; readonly value: Uint8Array }
  | { readonly field: number; readonly wire: 'fixed'; readonly value: Uint8Array };

const malformed = (what: string): UserError =>
  new UserError('model-invalid', `The model file is not valid protobuf: ${what}.`, { hint: 'Train or download the model again.' });

/**
 * The fields of one protobuf message, in file order. Nested messages stay bytes, so nothing is allocated beyond views on the input.
 * @throws UserError `model-invalid` where a length runs past the end or a wire type is unknown.
 */
export function* readFields(message: Uint8Array): Generator<ProtobufField> {
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[offset];
      if (byte === undefined) throw malformed('it ends inside a number');
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('a number is longer than ten bytes');
  };
  const take = (length: bigint): Uint8Array => {
    if (length > BigInt(message.length - offset)) throw malformed('a field runs past the end');
    const start = offset;
    offset += Number(length);
    return message.subarray(start, offset);
  };
  while (offset < message.length) {
    const key = varint();
    const field = Number(key >> 3n);
    switch (Number(key & 7n)) {
      case 0:
        yield { field, wire: 'varint', value: varint() };
        break;
      case 1:
        yield { field, wire: 'fixed', value: take(8n) };
        break;
      case 2:
        yield { field, wire: 'bytes', value: take(varint()) };
        break;
      case 5:
        yield { field, wire: 'fixed', value: take(4n) };
        break;
      default:
        throw malformed(`wire type ${key & 7n} is unknown`);
    }
  }
}
