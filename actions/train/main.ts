import { trainDefinition } from '../../src/action/definitions/train.ts';
import { openRowReader } from '../../src/action/open-data.ts';
import { runAction } from '../../src/action/run-action.ts';
import { train } from '../../src/steps/train.ts';

await runAction({
  ...trainDefinition,
  run: (inputs, edge) =>
    train(
      {
        dataset: inputs.dataset,
        warmStart: inputs['warm-start'],
        championEnvironment: inputs.champion === 'live' ? inputs.environment : undefined,
      },
      { ...edge.context, engine: edge.trainingEngine(), registry: edge.registry, readRows: openRowReader(edge) },
    ),
});
