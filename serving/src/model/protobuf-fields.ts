import { StartError } from '../start-error.ts';

/** A field of a protobuf message: a number for varints, a view on the input for everything that has bytes. */
export interface ProtobufField {
  readonly field: number;
  readonly value: number | Uint8Array;
}

const truncated = (): StartError => new StartError('the model file is not valid ONNX: it ends inside a field');

/**
 * The fields of one protobuf message in file order. Varints above 2^53 lose their low bits, which nothing read here has.
 * @throws StartError where the bytes are not protobuf.
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 64; scale *= 128) {
      const byte = message[offset];
      if (byte === undefined) throw truncated();
      offset += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw truncated();
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - offset) throw truncated();
    offset += length;
    return message.subarray(offset - length, offset);
  };
  while (offset < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, value: varint() };
        break;
      case 1:
        yield { field, value: take(8) };
        break;
      case 2:
        yield { field, value: take(varint()) };
        break;
      case 5:
        yield { field, value: take(4) };
        break;
      default:
        throw truncated();
    }
  }
}
