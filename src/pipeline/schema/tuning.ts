import { z } from 'zod';

const parameterSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('float'), low: z.number(), high: z.number(), log: z.boolean().default(false) }),
  z.strictObject({ type: z.literal('integer'), low: z.number().int(), high: z.number().int(), log: z.boolean().default(false) }),
  z.strictObject({ type: z.literal('choice'), choices: z.array(z.union([z.string(), z.number(), z.boolean()])).min(2) }),
]);

const samplerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('tpe').describe('Tree-structured Parzen estimator (Bergstra et al., 2011).'),
    'startup-trials': z.number().int().positive().default(10).describe('Trials drawn at random before the estimator is asked.'),
    candidates: z.number().int().positive().default(24).describe('Draws of which the most promising is tried.'),
  }),
  z.strictObject({ type: z.literal('random') }),
]);

const prunerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('median').describe('Stops a trial that is worse at an epoch than the median of earlier trials.'),
    'startup-trials': z.number().int().nonnegative().default(5),
    'warm-up-epochs': z.number().int().nonnegative().default(1),
  }),
  z.strictObject({
    type: z.literal('successive-halving').describe('Only the best 1/reduction of the trials go on from each rung (Li et al., 2018).'),
    'minimum-epochs': z.number().int().positive().default(1),
    reduction: z.number().int().min(2).default(3),
  }),
  z.strictObject({ type: z.literal('none') }),
]);

/** A study's name is part of its keys in the store. */
export const studyName = /^[a-z0-9][a-z0-9-]{0,60}$/;
export const studyNameRule = 'must be lower-case letters, digits and hyphens';

/** The pipeline's `tuning` section: what may be searched, and how. */
export const tuningSchema = z.strictObject({
  objective: z.enum(['log-loss', 'roc-auc', 'pr-auc']).default('log-loss').describe('Measured on the calibration rows; never on test rows.'),
  sampler: samplerSchema.default({ type: 'tpe', 'startup-trials': 10, candidates: 24 }),
  pruner: prunerSchema.default({ type: 'median', 'startup-trials': 5, 'warm-up-epochs': 1 }),
  trials: z.number().int().positive().describe('Trials of the whole study, over all shards.'),
  minutes: z.number().positive().optional().describe('No worker begins a trial later than this after its own start.'),
  'warm-start': z.array(z.string().regex(studyName, studyNameRule)).default([]).describe('Earlier studies whose trials the sampler learns from, where they searched the same names.'),
  parameters: z.record(z.string(), parameterSchema).describe('By path below `training`, e.g. optimizer.learning-rate or network.layers.1.units'),
});

export type TuningSection = z.infer<typeof tuningSchema>;
export type TuningParameter = z.infer<typeof parameterSchema>;
export type SamplerOptions = z.infer<typeof samplerSchema>;
export type PrunerOptions = z.infer<typeof prunerSchema>;
