import { join } from 'node:path';
import { registerDefinition } from '../../src/action/definitions/register.ts';
import { openImageRegistry } from '../../src/action/open-engines.ts';
import { openFeatureSources } from '../../src/action/open-feature-sources.ts';
import { openMirror } from '../../src/action/open-mirror.ts';
import { openGoldenCheck, openServingBase, openTrustedKeys } from '../../src/action/open-packaging.ts';
import { runAction } from '../../src/action/run-action.ts';
import { sourceRepository } from '../../src/action/source-repository.ts';
import { register } from '../../src/steps/register.ts';

await runAction({
  ...registerDefinition,
  run: async (inputs, edge) => {
    const engines = edge.engines(inputs);
    const images = openImageRegistry(engines);
    return register(
      {
        candidate: inputs.candidate,
        evaluation: inputs.evaluation,
        imageEnvironment: inputs['image-environment'],
        labels: inputs.labels,
        environment: edge.environmentName,
        dryRun: inputs['dry-run'],
      },
      {
        ...edge.context,
        images,
        registry: edge.registry,
        mirror: openMirror(edge),
        featureSources: openFeatureSources(edge, inputs['data-root']),
        servingBase: openServingBase(edge, engines),
        goldenCheck: openGoldenCheck(edge, images),
        lockFile: join(edge.home, 'package-lock.json'),
        trustedKeys: await openTrustedKeys(edge),
        source: sourceRepository(process.env),
      },
    );
  },
});
