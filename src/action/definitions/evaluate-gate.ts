import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { choice, digest, secret } from '../inputs/fields.ts';
import { sharedInputs } from '../inputs/shared-inputs.ts';

export const evaluateGateDefinition = defineAction({
  step: 'evaluate-gate',
  description: 'Judges a candidate on its test window, beside the champion and the baselines, and signs the evidence.',
  inputs: z.object({
    ...sharedInputs.shape,
    candidate: digest('Digest of the candidate, as train put it out'),
    champion: choice(['live', 'none'], 'live', 'Judge against the live version of the environment, or against none: live or none'),
    'signing-key': secret('Ed25519 private key (PEM) that signs the evidence; unsigned evidence cannot be registered'),
  }),
  outputs: {
    evaluation: 'Digest of the evaluation',
    outcome: 'Outcome of the gate: pass, fail or inconclusive',
    evidence: 'Store key of the evidence',
  },
  native: ['@duckdb/node-api', 'onnxruntime-node'],
});
