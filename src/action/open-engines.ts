import { resolve } from 'node:path';
import { createLocalClusterView } from '../adapters/cluster-view/local.ts';
import { createLocalGitHost } from '../adapters/git-host/local.ts';
import { createScrapeMetricSource } from '../adapters/metric-source/scrape.ts';
import { createServiceClient } from '../adapters/service-client/http.ts';
import { UserError } from '../errors.ts';
import type { EnvironmentSection } from '../pipeline/schema/delivery.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterView } from '../ports/cluster-view.ts';
import type { CommandRunner } from '../ports/command-runner.ts';
import type { GitHost } from '../ports/git-host.ts';
import type { ImageRegistry } from '../ports/image-registry.ts';
import type { MetricSource } from '../ports/metric-source.ts';
import type { AskService } from '../rollout/ask-service.ts';
import type { LocalEngineInputs } from './inputs/shared-inputs.ts';
import { type ImageRegistryChoice, imageRegistryOf } from './open-image-registry.ts';

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

const clusterViews: Readonly<Record<EnvironmentSection['cluster']['type'], Factory<ClusterView>>> = {
  local: ({ inputs }) => createLocalClusterView({ endpoint: demand(inputs, 'cluster-endpoint') }),
};

const metricSources: Readonly<Record<EnvironmentSection['metrics']['type'], Factory<MetricSource>>> = {
  scrape: (options) => createScrapeMetricSource({ cluster: openClusterView(options), clock: options.clock }),
};

export function openGitHost(options: EngineOptions): GitHost {
  return gitHosts[options.section['git-host'].type](options);
}

export function openImageRegistry(options: EngineOptions): ImageRegistry {
  return imageRegistryOf(imageRegistryChoice(options));
}

/** What opens the environment's image registry, and another repository beside it. */
export function imageRegistryChoice({ section, inputs, workspace, definition, clock }: EngineOptions): ImageRegistryChoice {
  const folder = (): string => resolve(workspace, demand(inputs, 'image-layout'));
  return { section: section['image-registry'], layout: { folder, repository: definition.deployment.image }, clock };
}

export function openClusterView(options: EngineOptions): ClusterView {
  return clusterViews[options.section.cluster.type](options);
}

export function openMetricSource(options: EngineOptions): MetricSource {
  return metricSources[options.section.metrics.type](options);
}

/** How the service is asked, wherever it runs. */
export function openAskService(): AskService {
  return createServiceClient();
}

/** @throws UserError input-invalid where an engine of the environment needs an input that is missing */
function demand(inputs: Partial<LocalEngineInputs>, name: keyof LocalEngineInputs): string {
  const value = inputs[name];
  if (value !== undefined) return value;
  throw new UserError('input-invalid', `input "${name}" is missing: an engine of this environment needs it`, { hint: `Pass ${name}; the action's README says what it is.` });
}
