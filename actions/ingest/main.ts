import { ingestDefinition } from '../../src/action/definitions/ingest.ts';
import { openData } from '../../src/action/open-data.ts';
import { runAction } from '../../src/action/run-action.ts';
import { ingest } from '../../src/steps/ingest.ts';

await runAction({
  ...ingestDefinition,
  run: (inputs, edge) => {
    const { sources, dataRoot } = openData(edge, inputs['data-root']);
    return ingest({ from: inputs.from, to: inputs.to, last: inputs.last, parent: inputs.parent, dataRoot }, { ...edge.context, sources });
  },
});
