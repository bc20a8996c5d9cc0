import { elementTypeCodes, type ElementType } from './element-type.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

export interface TensorContent {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | readonly string[];
}

/** Little-endian raw bytes of a numeric tensor, as onnx.proto3 wants them in `raw_data`. */
function rawBytes(type: Exclude<ElementType, 'string'>, data: ArrayLike<number>): Uint8Array {
  switch (type) {
    case 'float':
      return new Uint8Array(Float32Array.from(data).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(data, BigInt)).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(data).buffer);
    case 'bool':
      return Uint8Array.from(data);
  }
}

/** One `TensorProto` message. */
export function tensorProto(name: string, content: TensorContent): Uint8Array {
  const message = new ProtobufWriter();
  for (const size of content.shape) message.integer(1, size);
  message.integer(2, elementTypeCodes[content.type]);
  if (content.type === 'string') {
    for (const value of content.data as readonly string[]) message.text(6, value);
    return message.text(8, name).finish();
  }
  return message.text(8, name).bytes(9, rawBytes(content.type, content.data as ArrayLike<number>)).finish();
}
