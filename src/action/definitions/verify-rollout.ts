import { z } from 'zod';
import { defineAction } from '../action-definition.ts';
import { optionalCommit, version } from '../inputs/fields.ts';
import { dryRunInput, localEngineInputs, sharedInputs } from '../inputs/shared-inputs.ts';

export const verifyRolloutDefinition = defineAction({
  step: 'verify-rollout',
  description: 'Watches a rollout until it is proved: promotes the version, or rolls back by a commit.',
  inputs: z.object({
    ...sharedInputs.shape,
    version: version('The deployed version, e.g. v3'),
    commit: optionalCommit('The deployment commit, as deploy put it out; default: head of the deployment branch'),
    ...localEngineInputs.shape,
    ...dryRunInput.shape,
  }),
  outputs: {
    result: 'promoted, rolled-back, stopped (nothing to fall back to), superseded (another deployment came first) or judged (dry run)',
    commit: 'The commit that the environment follows now',
  },
  native: [],
});
