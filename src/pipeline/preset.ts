import { z } from 'zod';
import { trainingSchema } from '../delaynet/training-schema.ts';
import { createTransform, type Feature, featuresSchema } from '../features/features-schema.ts';
import { type BrokenRule, brokenRules, type PipelineDefinition } from './schema/pipeline.ts';

/** Every key of `training` but the window, each on its own; what is not written stays what the pipeline says, so no defaults. */
const { window: _, ...trainingShape } = trainingSchema.shape;
const overrides = Object.fromEntries(Object.entries(trainingShape).map(([key, field]) => [key, (field instanceof z.ZodDefault ? field.unwrap() : field).optional()]));

const shape = z.strictObject({
  schema: z.literal('taxiway/preset/v1'),
  description: z.string().min(1),
  transforms: z
    .strictObject({ numbers: z.enum(['min-max', 'numeric', 'quantile-normal', 'piecewise-linear']), categories: z.enum(['one-hot', 'target-encoding']) })
    .optional()
    .describe("The pipeline's feature columns, each once, through these transforms instead of its own."),
  training: z.strictObject(overrides).default({}).describe('Replaces these keys of `training`, each as a whole.'),
});

export type Preset = z.infer<typeof shape>;

/** Columns of the pipeline's features by what their transforms read, each once, in their order. */
function featureColumns(features: readonly Feature[], input: 'number' | 'string'): string[] {
  return [...new Set(features.filter((feature) => createTransform(feature).input === input).flatMap((feature) => feature.columns))];
}

function transformedFeatures(definition: PipelineDefinition, transforms: NonNullable<Preset['transforms']>): Feature[] {
  const entries = [
    { transform: transforms.numbers, columns: featureColumns(definition.features, 'number') },
    { transform: transforms.categories, columns: featureColumns(definition.features, 'string') },
  ];
  return featuresSchema.parse(entries.filter(({ columns }) => columns.length > 0));
}

/** The pipeline under a preset. A search space belongs to the training it was written for, so a preset has none. */
export function applyPreset({ tuning: _tuning, ...definition }: PipelineDefinition, preset: Preset): PipelineDefinition {
  const features = preset.transforms === undefined ? definition.features : transformedFeatures(definition, preset.transforms);
  return { ...definition, features, training: trainingSchema.parse({ ...definition.training, ...preset.training }) };
}

/** A preset that the pipeline can take: the rules between sections hold for the two together. */
export function presetSchemaFor(definition: PipelineDefinition) {
  return shape.superRefine((preset, context) => {
    const report = ({ path, message }: BrokenRule): void => context.addIssue({ code: 'custom', path: [...path], message });
    for (const broken of brokenRules(applyPreset(definition, preset))) report(broken);
  });
}
