import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { choice, optionalDigest, optionalPositiveInteger, optionalText } from '../inputs/fields.ts';
import { localEngineInputs, sharedInputs } from '../inputs/shared-inputs.ts';

export const driftCheckDefinition = defineAction({
  step: 'drift-check',
  description: 'Looks back on live predictions and labels; opens or updates one retrain pull request per incident.',
  inputs: z.object({
    ...sharedInputs.shape,
    mode: choice(['check', 'refuse', 'resolve'], 'check', 'check looks back; refuse closes the pull request of a refused challenger; resolve ends the incident after a release'),
    'pull-request': optionalPositiveInteger('Modes refuse and resolve: number of the retrain pull request'),
    evaluation: optionalDigest('Modes refuse and resolve: digest of the evaluation that decided'),
    'data-root': optionalText('Folder, file:///… or s3://bucket/prefix that relative source paths start from; default: data-root of the environment, else data.root of pipeline.yaml'),
    'git-remote': localEngineInputs.shape['git-remote'],
    'cluster-endpoint': localEngineInputs.shape['cluster-endpoint'],
  }),
  outputs: {
    result: 'healthy, alarm, waiting or inconclusive',
    incident: 'Key of the incident, empty without one',
    branch: 'Branch of the retrain pull request, empty without one',
    'pull-request': 'Number of the retrain pull request, empty without one',
  },
  native: ['@duckdb/node-api', 'onnxruntime-node'],
});
