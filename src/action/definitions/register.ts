import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { digest, optionalText, pairs } from '../inputs/fields.ts';
import { dryRunInput, localEngineInputs, sharedInputs } from '../inputs/shared-inputs.ts';

export const registerDefinition = defineAction({
  step: 'register',
  description: 'Registers a candidate that passed its gate as the next version, with its image.',
  inputs: z.object({
    ...sharedInputs.shape,
    candidate: digest('Digest of the candidate'),
    evaluation: digest('Digest of its evaluation, as evaluate-gate put it out'),
    'image-environment': pairs('Variables baked into the image, one NAME=value per line; only for labelled test images'),
    'data-root': optionalText('Folder, file:///… or s3://bucket/prefix of the sources that are shipped with the version for online features; default: data-root of the environment, else data.root of pipeline.yaml'),
    labels: pairs('Labels of the version, one NAME=value per line'),
    'image-layout': localEngineInputs.shape['image-layout'],
    ...dryRunInput.shape,
  }),
  outputs: {
    'model-version': 'The version, e.g. 1',
    'image-tag': 'The image with its tag, e.g. delay-ml:model_v1',
    'image-digest': 'Digest of the image',
  },
  native: ['@duckdb/node-api', 'onnxruntime-node'],
});
