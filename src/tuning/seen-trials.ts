import { assertNever } from '../errors.ts';
import type { TuningSection } from '../pipeline/schema/tuning.ts';
import type { SeenTrial } from './sampler.ts';
import type { Trial } from './study-records.ts';

export type TuningObjective = TuningSection['objective'];

/** The objective's value as something that is better when it is less; what is no number is worst. */
export function lossOf(objective: TuningObjective, value: number | null): number {
  if (value === null || !Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  switch (objective) {
    case 'log-loss':
      return value;
    case 'roc-auc':
    case 'pr-auc':
      return -value;
    default:
      return assertNever(objective);
  }
}

/** Trials as samplers and pruners see them. */
export function seenTrials(trials: readonly Trial[], objective: TuningObjective): SeenTrial[] {
  return trials.flatMap(({ number, claims, reports, end }) => {
    const parameters = claims[0]?.parameters;
    if (parameters === undefined) return [];
    const losses = reports.map(({ value }) => lossOf(objective, value));
    return [{ number, parameters, state: end?.state ?? 'running', loss: lossOf(objective, end?.value ?? null), losses }];
  });
}
