import { assertNever } from '../errors.ts';
import type { PrunerOptions } from '../pipeline/schema/tuning.ts';
import { medianPruner } from './median-pruner.ts';
import type { SeenTrial } from './sampler.ts';
import { successiveHalvingPruner } from './successive-halving-pruner.ts';

export interface PruneQuestion {
  /** The trial's losses so far, by epoch. */
  readonly losses: readonly number[];
  /** All other trials of the study. */
  readonly others: readonly SeenTrial[];
}

/** Whether the trial is hopeless after its latest epoch. Pure. */
export type Pruner = (question: PruneQuestion) => boolean;

export function createPruner(options: PrunerOptions): Pruner {
  switch (options.type) {
    case 'median':
      return medianPruner(options);
    case 'successive-halving':
      return successiveHalvingPruner(options);
    case 'none':
      return () => false;
    default:
      return assertNever(options);
  }
}
