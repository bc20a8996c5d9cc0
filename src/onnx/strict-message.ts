import { UserError } from '../errors.ts';
import { readFields, type ProtobufField } from './protobuf-reader.ts';

/** A field that may occur: how it is written, and whether more than once. */
export interface FieldRule {
  readonly wire: ProtobufField['wire'];
  readonly repeated?: boolean;
}

export type MessageRules = Readonly<Record<number, FieldRule>>;

const decoder = new TextDecoder('utf-8', { fatal: true });

export const refuseModel = (what: string): UserError =>
  new UserError('model-invalid', `The model is refused: ${what}.`, { hint: 'Use a self-contained ONNX model of moderate size, as `train` writes it.' });

/**
 * The fields of a protobuf message, all of which the rules name. Other readers skip what they do not know, take the last of a field that
 * is there twice or merge them, each in its own way; a message without such fields means the same to everyone.
 * @param what the message's name in errors
 * @throws UserError `model-invalid`
 */
export function* strictFields(message: Uint8Array, what: string, rules: MessageRules): Generator<ProtobufField> {
  const seen = new Set<number>();
  for (const field of readFields(message)) {
    const rule = rules[field.field];
    if (rule === undefined) throw refuseModel(`${what} has the field ${field.field}, which no model of Taxiway has`);
    if (rule.wire !== field.wire) throw refuseModel(`${what} has a field ${field.field} of the wrong kind`);
    if (rule.repeated !== true && seen.has(field.field)) throw refuseModel(`${what} has the field ${field.field} twice`);
    seen.add(field.field);
    yield field;
  }
}

/** A name from a file, for a message: short, and without control characters. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

/** Text without control characters, short: what names tensors and nodes is printed by whoever meets them. */
export function strictName(field: ProtobufField): string {
  const name = strictText(field);
  if (name.length > 1000 || /[\u0000-\u001f\u007f-\u009f]/.test(name)) throw refuseModel(`the name ${quoted(name)} is too long or holds control characters`);
  return name;
}

/** UTF-8 or an error: a name with replaced bytes would be another name to another reader. */
export function strictText({ value }: ProtobufField): string {
  try {
    return decoder.decode(value as Uint8Array);
  } catch (cause) {
    throw new UserError('model-invalid', 'The model is refused: a name or text in it is not UTF-8.', { hint: 'Train or download the model again.', cause });
  }
}
