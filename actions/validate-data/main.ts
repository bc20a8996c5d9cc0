import { validateDataDefinition } from '../../src/action/definitions/validate-data.ts';
import { runAction } from '../../src/action/run-action.ts';
import { validateData } from '../../src/steps/validate-data.ts';

await runAction({
  ...validateDataDefinition,
  run: (inputs, edge) => validateData({ snapshot: inputs.snapshot }, edge.context),
});
