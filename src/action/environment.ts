import { UserError } from '../errors.ts';
import type { EnvironmentSection } from '../pipeline/schema/delivery.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';

export interface Environment {
  readonly name: string;
  readonly section: EnvironmentSection;
}

/** @throws UserError input-invalid, with the environments there are */
export function openEnvironment(name: string | undefined, definition: PipelineDefinition): Environment {
  const known = Object.keys(definition.environments).sort().join(', ');
  if (name === undefined) {
    throw new UserError('input-invalid', `input "environment" is missing; pipeline.yaml has: ${known}`, { hint: 'Name the environment.' });
  }
  const section = Object.hasOwn(definition.environments, name) ? definition.environments[name] : undefined;
  if (section === undefined) {
    throw new UserError('input-invalid', `input "environment" is "${name}"; pipeline.yaml has: ${known}`, { hint: 'Name one of them.' });
  }
  return { name, section };
}
