import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { choice, optionalText, optionalVersion } from '../inputs/fields.ts';
import { dryRunInput, localEngineInputs, sharedInputs } from '../inputs/shared-inputs.ts';

export const deployDefinition = defineAction({
  step: 'deploy',
  description: 'Commits the version’s image to the overlay of the environment; the cluster applies the commit.',
  inputs: z.object({
    ...sharedInputs.shape,
    version: optionalVersion('The version to deploy, e.g. v3; required unless `to` is last-healthy'),
    to: choice(['version', 'last-healthy'], 'version', 'Deploy the version, or go back to the last one that was live and healthy: version or last-healthy'),
    reason: optionalText('Why, in one line: goes into the commit message of a rollback'),
    'git-remote': localEngineInputs.shape['git-remote'],
    ...dryRunInput.shape,
  }),
  outputs: {
    commit: 'The commit on the deployment branch',
    version: 'The version that the branch now names, e.g. v3; empty where nothing runs',
    'image-digest': 'Digest of its image',
  },
  native: [],
});
