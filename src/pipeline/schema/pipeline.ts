import { z } from 'zod';
import { trainingSchema } from '../../delaynet/training-schema.ts';
import { featuresSchema } from '../../features/features-schema.ts';
import { checkRules } from '../rules/check-rules.ts';
import { columnRules } from '../rules/column-rules.ts';
import { datasetRules } from '../rules/dataset-rules.ts';
import { featureRules } from '../rules/feature-rules.ts';
import { gateRules } from '../rules/gate-rules.ts';
import { mirrorRules } from '../rules/mirror-rules.ts';
import { monitoringRules } from '../rules/monitoring-rules.ts';
import { pluginRules } from '../rules/plugin-rules.ts';
import { sourceRules } from '../rules/source-rules.ts';
import { trainingRules } from '../rules/training-rules.ts';
import { tuningRules } from '../rules/tuning-rules.ts';
import { checkDefinitionSchema } from './checks.ts';
import { columnName, columnSchema, dataSchema } from './data.ts';
import { deploymentSchema, environmentSchema, notificationSchema, servingSchema, verificationSchema } from './delivery.ts';
import { driftSchema, retrainSchema } from './drift.ts';
import { gateSchema } from './gate.ts';
import { mirrorSchema } from './mirror.ts';
import { modelCardSchema } from './model-card.ts';
import { operatingPointSchema } from './operating-point.ts';
import { retentionSchema } from './retention.ts';
import { tuningSchema } from './tuning.ts';

const shape = z.strictObject({
  schema: z.literal('taxiway/pipeline/v1'),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  description: z.string(),
  'model-card': modelCardSchema.optional(),
  data: dataSchema,
  columns: z.record(columnName, columnSchema),
  checks: z.array(checkDefinitionSchema).min(1),
  'scored-rows': z.string().describe('A SQL condition: the rows that have a label and count'),
  features: featuresSchema,
  training: trainingSchema,
  tuning: tuningSchema.optional(),
  'operating-point': operatingPointSchema.optional(),
  gate: gateSchema,
  serving: servingSchema,
  deployment: deploymentSchema,
  verification: verificationSchema,
  drift: driftSchema,
  retrain: retrainSchema,
  retention: retentionSchema.optional(),
  notifications: z.array(notificationSchema),
  mirror: mirrorSchema.optional(),
  plugins: z.array(z.string()).describe('Modules that add implementations: a path in the repository or a package name'),
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'), environmentSchema),
});

export type PipelineShape = z.infer<typeof shape>;

const rules = [columnRules, sourceRules, datasetRules, checkRules, featureRules, trainingRules, tuningRules, gateRules, monitoringRules, mirrorRules, pluginRules] as const;

export interface BrokenRule {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What sections break of the rules between them. */
export function brokenRules(pipeline: PipelineShape): BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const rule of rules) rule(pipeline, (path, message) => broken.push({ path, message }));
  return broken;
}

/** The whole of pipeline.yaml: every section by itself, then the rules between sections. */
export const pipelineSchema = shape.superRefine((pipeline, context) => {
  for (const { path, message } of brokenRules(pipeline)) context.addIssue({ code: 'custom', path: [...path], message });
});

export type PipelineDefinition = z.infer<typeof pipelineSchema>;

/** The shape alone, for the generated JSON Schema: rules between sections cannot be said there. */
export const pipelineShape = shape;
