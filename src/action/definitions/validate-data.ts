import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { digest, optionalDigest, optionalPositiveInteger, optionalText } from '../inputs/fields.ts';
import { localEngineInputs, sharedInputs } from '../inputs/shared-inputs.ts';

export const validateDataDefinition = defineAction({
  step: 'validate-data',
  description: 'Runs the checks of pipeline.yaml on a snapshot; bad rows go to quarantine with their reasons.',
  inputs: z.object({
    ...sharedInputs.shape,
    snapshot: digest('Digest of the snapshot, as ingest put it out'),
    reference: optionalDigest('Digest of an earlier clean snapshot, which distribution and volume compare with'),
    'data-root': optionalText('Folder or URI that the sources of reference checks start from; default: data-root of the environment, else data.root of pipeline.yaml'),
    'pull-request': optionalPositiveInteger('Number of a pull request that gets the result as a comment; needs environment'),
    'git-remote': localEngineInputs.shape['git-remote'],
  }),
  outputs: {
    dataset: 'Digest of the clean snapshot',
    accepted: 'Number of rows accepted',
    quarantined: 'Number of rows in quarantine',
  },
  native: ['@duckdb/node-api'],
});
