import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { rankTrials } from './rank-trials.ts';
import type { ParameterValues } from './search-space.ts';
import { lossOf, seenTrials, type TuningObjective } from './seen-trials.ts';
import { Study } from './study.ts';
import type { Trial } from './study-records.ts';

export interface BestTrial {
  readonly number: number;
  readonly parameters: ParameterValues;
  readonly value: number;
}

/** Of the complete trials the best, the earlier where two are alike; undefined while none is complete. */
export function bestTrial(trials: readonly Trial[], objective: TuningObjective): BestTrial | undefined {
  const [best] = rankTrials(seenTrials(trials, objective)).filter(({ state }) => state === 'complete');
  const value = trials.find(({ number }) => number === best?.number)?.end?.value;
  return best === undefined || value === undefined || value === null ? undefined : { number: best.number, parameters: best.parameters, value };
}

/** What a study of the store found. @throws UserError study-missing, study-corrupt */
export async function readBestTrial(store: ArtifactStore, named: { readonly pipeline: string; readonly study: string }): Promise<BestTrial> {
  const study = await Study.find(store, named);
  const best = study === undefined ? undefined : bestTrial(await study.trials(), study.record.objective);
  if (best !== undefined) return best;
  throw new UserError('study-missing', study === undefined ? `${store.uri} has no study ${named.study} of ${named.pipeline}` : `no trial of the study ${named.study} of ${named.pipeline} is complete`, {
    hint: 'Run train with mode: trial and the same study first.',
  });
}

/** How much better the best is than what the pipeline file itself says; undefined where that was not tried. */
export function gainOverPresent(trials: readonly Trial[], { value, objective }: { readonly value: number; readonly objective: TuningObjective }): number | undefined {
  const present = trials.find(({ claims }) => claims[0]?.source === 'present')?.end?.value;
  return present === undefined || present === null ? undefined : lossOf(objective, present) - lossOf(objective, value);
}
