import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { digest } from '../inputs/fields.ts';
import { sharedInputs } from '../inputs/shared-inputs.ts';

export const validateDataDefinition = defineAction({
  step: 'validate-data',
  description: 'Runs the checks of pipeline.yaml on a snapshot; bad rows go to quarantine with their reasons.',
  inputs: z.object({
    ...sharedInputs.shape,
    snapshot: digest('Digest of the snapshot, as ingest put it out'),
  }),
  outputs: {
    dataset: 'Digest of the clean snapshot',
    accepted: 'Number of rows accepted',
    quarantined: 'Number of rows in quarantine',
  },
  native: ['@duckdb/node-api'],
});
