import { verifyRolloutDefinition } from '../../src/action/definitions/verify-rollout.ts';
import { openNotifiers } from '../../src/action/open-data.ts';
import { openAskService, openClusterView, openGitHost, openMetricSource } from '../../src/action/open-engines.ts';
import { openMirror } from '../../src/action/open-mirror.ts';
import { openTrustedKeys } from '../../src/action/open-packaging.ts';
import { runAction } from '../../src/action/run-action.ts';
import { verifyRollout } from '../../src/steps/verify-rollout.ts';

await runAction({
  ...verifyRolloutDefinition,
  run: async (inputs, edge) => {
    const engines = edge.engines(inputs);
    return verifyRollout(
      { version: inputs.version, environment: edge.environment().name, commit: inputs.commit, dryRun: inputs['dry-run'] },
      {
        ...edge.context,
        registry: edge.registry,
        gitHost: openGitHost(engines),
        cluster: openClusterView(engines),
        metrics: openMetricSource(engines),
        ask: openAskService(),
        notifiers: openNotifiers(edge),
        mirror: openMirror(edge),
        trustedKeys: await openTrustedKeys(edge),
      },
    );
  },
});
