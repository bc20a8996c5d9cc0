import { z } from 'zod';
import type { InputSchema } from './read-inputs.ts';

export interface InputDescription {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly default: string | undefined;
  readonly secret: boolean;
}

/** What action.yml and the README say about the inputs, read from the schema that parses them. */
export function describeInputs(schema: InputSchema): InputDescription[] {
  const { required = [], properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(schema.shape).map(([name, member]) => {
    const property = properties[name];
    const text = typeof property === 'object' ? property.default : undefined;
    return {
      name,
      description: member.description ?? '',
      required: required.includes(name),
      default: typeof text === 'string' ? text : undefined,
      secret: member.meta()?.['secret'] === true,
    };
  });
}
