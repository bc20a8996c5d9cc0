import { z } from 'zod';
import { durationSchema, positiveDurationSchema } from '../duration.ts';
import { columnName } from './data.ts';

export const driftSchema = z.strictObject({
  window: positiveDurationSchema.describe('Length of the current window; whole weeks give no false alarms on weekly patterns'),
  'minimum-rows': z.number().int().positive(),
  reference: z.enum(['training']),
  psi: z.strictObject({
    threshold: z.number().positive().default(0.1),
    bins: z.number().int().min(2).max(100).default(10),
    'false-discovery-rate': z.number().positive().max(0.5).default(0.05),
  }),
  ks: z.strictObject({ threshold: z.number().positive().default(0.1).describe('Smallest distance D that counts') }),
  persistence: z
    .strictObject({ windows: z.number().int().min(1), required: z.number().int().min(1) })
    .refine((value) => value.required <= value.windows, { error: 'found more required windows than windows; allowed: at most as many', path: ['required'] }),
  'alarm-columns': z.array(columnName).min(1).describe('Columns whose drift opens an incident; every other feature is reported'),
  'slice-by': columnName.optional(),
  'slice-columns': z.array(columnName).default([]).describe('Columns watched within each value of slice-by too'),
  'prediction-drift': z.strictObject({ threshold: z.number().positive() }),
  performance: z.strictObject({
    metric: z.enum(['accuracy']),
    'maximum-drop': z.number().positive(),
    'recall-maximum-drop': z.number().positive(),
  }),
  service: z.strictObject({
    'latency-ratio': z.number().positive(),
    'error-points': z.number().positive(),
    'traffic-change': z.number().positive(),
  }),
});
export type DriftSection = z.infer<typeof driftSchema>;

export const retrainSchema = z.strictObject({
  test: positiveDurationSchema,
  calibrate: positiveDurationSchema,
  wait: durationSchema.describe('New labelled days before a refused incident is tried again'),
  'wait-unproven': durationSchema.optional().describe('The same where the challenger reached every margin and only the number of rows left it unproven; default: wait'),
  merge: z.enum(['manual']).describe('A person merges a retrain pull request whose checks have passed'),
});
export type RetrainSection = z.infer<typeof retrainSchema>;
