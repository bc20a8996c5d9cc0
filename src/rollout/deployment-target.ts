import type { DeploymentTarget } from '../gitops/deployment.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';

/** Where the pipeline's model is deployed in an environment. */
export function deploymentTargetOf(definition: PipelineDefinition, environment: string): DeploymentTarget {
  const { branch, manifests, image } = definition.deployment;
  return { branch, environment, manifests, image };
}
