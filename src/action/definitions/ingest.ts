import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { optionalDigest, optionalDuration, optionalMoment, optionalText } from '../inputs/fields.ts';
import { sharedInputs } from '../inputs/shared-inputs.ts';

export const ingestDefinition = defineAction({
  step: 'ingest',
  description: 'Reads a window of the sources, joins them by the dataset query and stores an immutable snapshot.',
  inputs: z.object({
    ...sharedInputs.shape,
    from: optionalMoment('First event time of the window, ISO 8601; default: start of the training window'),
    to: optionalMoment('End of the window, exclusive, ISO 8601; default: end of the training window'),
    last: optionalDuration('Instead of from and to: the whole UTC days of this length before as-of, e.g. 7d'),
    parent: optionalDigest('Digest of an earlier snapshot: the new one names it and says what changed since; where nothing did, it is the output'),
    'data-root': optionalText('Folder that relative source paths start from; default: data-root of the environment, else data.root of pipeline.yaml'),
  }),
  outputs: {
    snapshot: 'Digest of the snapshot',
    rows: 'Number of rows',
    changed: 'Rows added, removed and corrected since the parent; 0 without one',
  },
  native: ['@duckdb/node-api'],
});
