import { stringify } from 'yaml';
import { type ActionDefinition, sharedOutputs } from '../src/action/action-definition.ts';
import { describeInputs } from '../src/action/describe-inputs.ts';

/** The whole action.yml of an action. */
export function actionYaml(definition: ActionDefinition): string {
  const inputs = describeInputs(definition.inputs).map((input) => [
    input.name,
    { description: input.description, required: input.required, ...(input.default === undefined || input.default === '' ? {} : { default: input.default }) },
  ]);
  const outputs = Object.entries({ ...definition.outputs, ...sharedOutputs }).map(([name, description]) => [name, { description }]);
  const document = {
    name: `Taxiway ${definition.step}`,
    description: definition.description,
    inputs: Object.fromEntries(inputs) as unknown,
    outputs: Object.fromEntries(outputs) as unknown,
    runs: { using: 'node24', main: 'dist/index.js' },
  };
  return `# Generated from src/action/definitions/${definition.step}.ts by npm run generate. Do not edit.\n${stringify(document, { lineWidth: 0 })}`;
}
