import { metadataEntry } from './model-proto.ts';
import { readFields } from './protobuf-reader.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

const metadataField = 14;
const decoder = new TextDecoder();

/** Key and value of one `StringStringEntryProto`. */
export function readMetadataEntry(message: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  for (const field of readFields(message)) {
    if (field.wire !== 'bytes') continue;
    if (field.field === 1) key = decoder.decode(field.value);
    if (field.field === 2) value = decoder.decode(field.value);
  }
  return [key, value];
}

/** The `metadata_props` of an ONNX model. */
export function readModelMetadata(model: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const field of readFields(model)) {
    if (field.field !== metadataField || field.wire !== 'bytes') continue;
    const [key, value] = readMetadataEntry(field.value);
    metadata[key] = value;
  }
  return metadata;
}

/** The same model with `entries` set in its metadata: graph and weights keep their bytes. */
export function withModelMetadata(model: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array {
  const merged = { ...readModelMetadata(model), ...entries };
  const message = new ProtobufWriter();
  for (const field of readFields(model)) {
    if (field.field === metadataField) continue;
    if (field.wire === 'varint') message.integer(field.field, field.value);
    else if (field.wire === 'bytes') message.bytes(field.field, field.value);
  }
  for (const key of Object.keys(merged).sort()) message.bytes(metadataField, metadataEntry(key, merged[key] ?? ''));
  return message.finish();
}
