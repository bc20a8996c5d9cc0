import { z } from 'zod';

const rate = z.number().min(0).max(0.95);

export const layerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('dense'), units: z.number().int().positive().max(4096), activation: z.enum(['relu', 'tanh', 'linear']).default('relu') }),
  z.strictObject({ type: z.literal('dropout'), rate }),
  z.strictObject({ type: z.literal('batch-norm'), momentum: z.number().min(0).max(1).default(0.9), epsilon: z.number().positive().default(1e-5) }),
]);

export const headSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('delay').describe('Models how the target is distributed around the observed column, and asks for the chance that it reaches the cut.'),
    observed: z.string().describe('The number column known at prediction time.'),
    target: z.string().describe('The number column whose size decides the label; used in training only.'),
    cut: z.number().describe('The label is: target ≥ cut.'),
    'auxiliary-cuts': z.array(z.number()).default([]).describe('Further cuts that the same distribution must get right while training.'),
    'auxiliary-weight': z.number().nonnegative().default(0.125).describe('Weight of each further cut in the loss; the cut itself has 1.'),
  }),
  z.strictObject({ type: z.literal('sigmoid').describe('One logit for the label.') }),
]);

const classWeights = z
  .union([z.literal('balanced'), z.strictObject({ negative: z.number().positive(), positive: z.number().positive() })])
  .describe('`balanced` weighs each class by the inverse of its share of the training rows.');

export const lossSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cross-entropy'), 'class-weights': classWeights.optional() }),
  z.strictObject({
    type: z.literal('focal').describe('Lin et al. (2017): α·(1 − p)^γ · cross-entropy. Harms calibration.'),
    gamma: z.number().min(1).max(10).default(2),
    alpha: z.number().min(0).max(1).default(0.25).describe('Weight of the positive class; the negative class has 1 − α.'),
  }),
]);

const optimizerOptions = {
  'learning-rate': z.number().positive(),
  'weight-decay': z.number().nonnegative().default(0).describe('Acts on the weights of dense layers only.'),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().positive().default(1e-8),
};

export const optimizerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('adam').describe('Kingma and Ba (2015); weight decay joins the gradient.'), ...optimizerOptions }),
  z.strictObject({ type: z.literal('adamw').describe('Loshchilov and Hutter (2019); weight decay acts on the weights directly.'), ...optimizerOptions }),
]);

export const networkSchema = z.strictObject({ layers: z.array(layerSchema), head: headSchema });

export const averagingSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('exponential').describe('A moving average of the weights validates and ships: min(decay, (t + 1)/(t + 10)) after step t.'), decay: z.number().min(0).lt(1) }),
  z.strictObject({ type: z.literal('none') }),
]);

export const baselineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('rule').describe('Predicts positive where one column reaches a threshold.'), column: z.string(), threshold: z.number() }),
  z.strictObject({ type: z.literal('logistic-regression').describe('The same features with no hidden layer.') }),
]);

export const samplingSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('smote').describe('Chawla et al. (2002): positive rows made up between a positive row and one of its nearest positive neighbours, in the encoded space.'),
    neighbours: z.number().int().positive().max(50).default(5),
    ratio: z.number().gt(0).max(1).default(1).describe('Positive rows for each negative row, after sampling.'),
  }),
]);

export const engineNames = ['onnxruntime', 'onnxruntime-cuda', 'tfjs', 'onnxruntime-web'] as const;

/** The pipeline's `training` section. */
export const trainingSchema = z.strictObject({
  window: z.string().describe('The file that says which dates are trained on.'),
  engine: z.enum(['auto', ...engineNames]).describe('auto: the first that can be used here, the graphics card first. One by name: that one, or an error.'),
  seed: z.number().int().nonnegative(),
  network: networkSchema,
  sampling: samplingSchema.default({ type: 'none' }),
  'category-dropout': z.number().min(0).max(0.5).default(0.01).describe('Share of the rows that, for each column with categories, is learned from once more with the category hidden, so that a category never seen is answered as an average one.'),
  loss: lossSchema,
  optimizer: optimizerSchema,
  averaging: averagingSchema.default({ type: 'none' }),
  calibration: z.enum(['identity', 'temperature', 'platt']).default('identity').describe('Fitted on the calibration rows after training and built into the model.'),
  'batch-size': z.number().int().positive(),
  'maximum-epochs': z.number().int().positive(),
  patience: z.number().int().positive().describe('Training stops after this many epochs without a better log-loss on the calibration rows.'),
  threshold: z.strictObject({ policy: z.literal('recall'), target: z.number().gt(0).lt(1) }),
  baselines: z.array(baselineSchema).default([]),
});

export type Layer = z.infer<typeof layerSchema>;
export type Head = z.infer<typeof headSchema>;
export type Loss = z.infer<typeof lossSchema>;
export type Optimizer = z.infer<typeof optimizerSchema>;
export type Network = z.infer<typeof networkSchema>;
export type Averaging = z.infer<typeof averagingSchema>;
export type Baseline = z.infer<typeof baselineSchema>;
export type EngineName = (typeof engineNames)[number];
export type Training = z.infer<typeof trainingSchema>;
