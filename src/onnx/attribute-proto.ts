import { assertNever } from '../errors.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** An attribute of an ONNX node, named by its kind because JavaScript has one number type and ONNX has several. */
export type Attribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'graph'; readonly value: Uint8Array };

export const integer = (value: number): Attribute => ({ kind: 'integer', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const integers = (value: readonly number[]): Attribute => ({ kind: 'integers', value });
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value });
export const strings = (value: readonly string[]): Attribute => ({ kind: 'strings', value });
export const subgraph = (value: Uint8Array): Attribute => ({ kind: 'graph', value });

/** One `AttributeProto` message; field 20 is the type code of onnx.proto3. */
export function attributeProto(name: string, attribute: Attribute): Uint8Array {
  const message = new ProtobufWriter().text(1, name);
  switch (attribute.kind) {
    case 'integer':
      return message.integer(3, attribute.value).integer(20, 2).finish();
    case 'float':
      return message.float(2, attribute.value).integer(20, 1).finish();
    case 'integers':
      for (const value of attribute.value) message.integer(8, value);
      return message.integer(20, 7).finish();
    case 'floats':
      for (const value of attribute.value) message.float(7, value);
      return message.integer(20, 6).finish();
    case 'strings':
      for (const value of attribute.value) message.text(9, value);
      return message.integer(20, 8).finish();
    case 'graph':
      return message.bytes(6, attribute.value).integer(20, 5).finish();
    default:
      return assertNever(attribute);
  }
}
