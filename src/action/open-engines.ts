import { resolve } from 'node:path';
import { createLocalGitHost } from '../adapters/git-host/local.ts';
import { OciLayoutImageRegistry } from '../adapters/image-registry/oci-layout.ts';
import { UserError } from '../errors.ts';
import type { EnvironmentSection } from '../pipeline/schema/delivery.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { LocalEngineInputs } from './inputs/shared-inputs.ts';

export interface EngineOptions {
  readonly section: EnvironmentSection;
  readonly inputs: Partial<LocalEngineInputs>;
  readonly definition: PipelineDefinition;
  readonly workspace: string;
  readonly commands: CommandRunner;
  readonly clock: Clock;
}

type Factory<Port> = (options: EngineOptions) => Port;

const gitHosts: Readonly<Record<EnvironmentSection['git-host']['type'], Factory<GitHost>>> = {
  local: ({ inputs, workspace, commands, clock }) =>
    createLocalGitHost({ path: resolve(workspace, demand(inputs, 'git-remote')), runner: commands, clock }),
};

const imageRegistries: Readonly<Record<EnvironmentSection['image-registry']['type'], Factory<ImageRegistry>>> = {
  'oci-layout': ({ inputs, workspace, definition }) =>
    new OciLayoutImageRegistry({ folder: resolve(workspace, demand(inputs, 'image-layout')), repository: definition.deployment.image }),
};

export function openGitHost(options: EngineOptions): GitHost {
  return gitHosts[options.section['git-host'].type](options);
}

export function openImageRegistry(options: EngineOptions): ImageRegistry {
  return imageRegistries[options.section['image-registry'].type](options);
}

/** @throws UserError input-invalid where an engine of the environment needs an input that is missing */
function demand(inputs: Partial<LocalEngineInputs>, name: keyof LocalEngineInputs): string {
  const value = inputs[name];
  if (value !== undefined) return value;
  throw new UserError('input-invalid', `input "${name}" is missing: an engine of this environment needs it`, { hint: `Pass ${name}; the action's README says what it is.` });
}
