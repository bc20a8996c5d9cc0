import { deployDefinition } from '../../src/action/definitions/deploy.ts';
import { deployTarget } from '../../src/action/inputs/deploy-target.ts';
import { openGitHost } from '../../src/action/open-engines.ts';
import { openTrustedKeys } from '../../src/action/open-packaging.ts';
import { runAction } from '../../src/action/run-action.ts';
import { deploy } from '../../src/steps/deploy.ts';

await runAction({
  ...deployDefinition,
  run: async (inputs, edge) =>
    deploy(
      {
        version: deployTarget(inputs),
        environment: edge.environment().name,
        reason: inputs.reason,
        dryRun: inputs['dry-run'],
      },
      { ...edge.context, registry: edge.registry, gitHost: openGitHost(edge.engines(inputs)), trustedKeys: await openTrustedKeys(edge) },
    ),
});
