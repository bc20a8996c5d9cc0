import { z } from 'zod';
import { trainingSchema } from '../../delaynet/training-schema.ts';
import { featuresSchema } from '../../features/features-schema.ts';
import { isKnownBy } from '../moment.ts';
import { checkDefinitionSchema } from './checks.ts';
import { columnName, columnSchema, dataSchema } from './data.ts';
import { deploymentSchema, environmentSchema, notificationSchema, servingSchema, verificationSchema } from './delivery.ts';
import { driftSchema, retrainSchema } from './drift.ts';
import { gateSchema } from './gate.ts';

const shape = z.strictObject({
  schema: z.literal('taxiway/pipeline/v1'),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  description: z.string(),
  data: dataSchema,
  columns: z.record(columnName, columnSchema),
  checks: z.array(checkDefinitionSchema).min(1),
  'scored-rows': z.string().describe('A SQL condition: the rows that have a label and count'),
  features: featuresSchema,
  training: trainingSchema,
  gate: gateSchema,
  serving: servingSchema,
  deployment: deploymentSchema,
  verification: verificationSchema,
  drift: driftSchema,
  retrain: retrainSchema,
  notifications: z.array(notificationSchema),
  plugins: z.array(z.string()).describe('Modules that add implementations: a path in the repository or a package name'),
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), environmentSchema),
});

/** The whole of pipeline.yaml: every section by itself, then the rules between sections. */
export const pipelineSchema = shape.superRefine((pipeline, context) => {
  const report = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const declared = Object.keys(pipeline.columns);
  const demand = (name: string, path: (string | number)[]): void => {
    if (!Object.hasOwn(pipeline.columns, name)) report(path, `is "${name}", which is no column; columns: ${declared.join(', ')}`);
  };
  const { dataset, label } = pipeline.data;
  demand(dataset['event-time'], ['data', 'dataset', 'event-time']);
  demand(dataset['predicted-at'], ['data', 'dataset', 'predicted-at']);
  dataset.key.forEach((name, index) => demand(name, ['data', 'dataset', 'key', index]));
  demand(label.column, ['data', 'label', 'column']);
  demand(label['known-at'], ['data', 'label', 'known-at']);
  const moment = pipeline.data['prediction-time'];
  pipeline.features.forEach((feature, index) => {
    feature.columns.forEach((name: string, position: number) => {
      const path = ['features', index, 'columns', position];
      const column = pipeline.columns[name];
      if (column === undefined) {
        demand(name, path);
      } else if (!isKnownBy(column.known, moment)) {
        report(path, `is "${name}", known at ${column.known}: later than the prediction at ${moment}`);
      }
    });
  });
  pipeline.drift['alarm-columns'].forEach((name, index) => demand(name, ['drift', 'alarm-columns', index]));
  if (pipeline.drift['slice-by'] !== undefined) demand(pipeline.drift['slice-by'], ['drift', 'slice-by']);
  pipeline.checks.forEach((check, index) => {
    if ('columns' in check) check.columns?.forEach((name, position) => demand(name, ['checks', index, 'columns', position]));
  });
});

export type PipelineDefinition = z.infer<typeof pipelineSchema>;

/** The shape alone, for the generated JSON Schema: rules between sections cannot be said there. */
export const pipelineShape = shape;
