import type { ActionDefinition } from '../action-definition.ts';
import { deployDefinition } from './deploy.ts';
import { driftCheckDefinition } from './drift-check.ts';
import { evaluateGateDefinition } from './evaluate-gate.ts';
import { ingestDefinition } from './ingest.ts';
import { registerDefinition } from './register.ts';
import { trainDefinition } from './train.ts';
import { validateDataDefinition } from './validate-data.ts';
import { verifyRolloutDefinition } from './verify-rollout.ts';

/** In the order of the lifecycle. */
export const allDefinitions: readonly ActionDefinition[] = [
  ingestDefinition,
  validateDataDefinition,
  trainDefinition,
  evaluateGateDefinition,
  registerDefinition,
  deployDefinition,
  verifyRolloutDefinition,
  driftCheckDefinition,
];
