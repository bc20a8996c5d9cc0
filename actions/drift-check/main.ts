import { relative } from 'node:path';
import { driftCheckDefinition } from '../../src/action/definitions/drift-check.ts';
import { openDatasetQuery, openNotifiers } from '../../src/action/open-data.ts';
import { openGitHost, openMetricSource } from '../../src/action/open-engines.ts';
import { runAction } from '../../src/action/run-action.ts';
import { driftCheck } from '../../src/steps/drift-check.ts';

await runAction({
  ...driftCheckDefinition,
  run: (inputs, edge) => {
    const engines = edge.engines(inputs);
    return driftCheck(
      {
        mode: inputs.mode,
        environment: edge.environment().name,
        pipelinePath: relative(edge.workspace, edge.context.pipeline.folder).replaceAll('\\', '/'),
        pullRequest: inputs['pull-request'],
        evaluation: inputs.evaluation,
      },
      {
        ...edge.context,
        registry: edge.registry,
        gitHost: openGitHost(engines),
        metrics: openMetricSource(engines),
        notifiers: openNotifiers(edge),
        queryDataset: openDatasetQuery(edge, inputs['data-root']),
      },
    );
  },
});
