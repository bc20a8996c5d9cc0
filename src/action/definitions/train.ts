import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { choice, digest, optionalDigest } from '../inputs/fields.ts';
import { sharedInputs } from '../inputs/shared-inputs.ts';

export const trainDefinition = defineAction({
  step: 'train',
  description: 'Trains a candidate on the training window: one ONNX graph from raw columns to calibrated probability.',
  inputs: z.object({
    ...sharedInputs.shape,
    dataset: digest('Digest of the clean snapshot, as validate-data put it out'),
    'warm-start': optionalDigest('Digest of a candidate whose weights to start from; default: fresh weights'),
    champion: choice(['live', 'none'], 'live', 'Choose the threshold for the gains the gate asks over the live version, or for none: live or none'),
  }),
  outputs: {
    candidate: 'Digest of the candidate',
    model: 'SHA-256 of model.onnx',
  },
  native: ['@duckdb/node-api', 'onnxruntime-node'],
});
