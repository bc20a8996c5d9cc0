import { UserError } from '../errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { rankTrials } from './rank-trials.ts';
import type { ParameterValues } from './search-space.ts';
import { lossOf, seenTrials, type TuningObjective } from './seen-trials.ts';
import { Study } from './study.ts';
import type { StudyRecord, Trial } from './study-records.ts';

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

export interface StudyAsked {
  readonly pipeline: string;
  readonly study: string;
  /** First day (UTC) of the rows that must be unseen. */
  readonly unseenFrom?: string;
}

/** What a study of the store found. @throws UserError study-missing, study-corrupt, study-mismatch where its trials were judged on rows that must be unseen */
export async function readBestTrial(store: ArtifactStore, named: StudyAsked): Promise<BestTrial> {
  const study = await Study.find(store, named);
  if (study !== undefined && named.unseenFrom !== undefined) demandUnseen(study.record, named.unseenFrom);
  const best = study === undefined ? undefined : bestTrial(await study.trials(), study.record.objective);
  if (best !== undefined) return best;
  throw new UserError('study-missing', study === undefined ? `${store.uri} has no study ${named.study} of ${named.pipeline}` : `no trial of the study ${named.study} of ${named.pipeline} is complete`, {
    hint: 'Run train with mode: trial and the same study first.',
  });
}

function demandUnseen({ study, window }: StudyRecord, unseenFrom: string): void {
  if (window === undefined) {
    throw new UserError('study-mismatch', `the study ${study} does not say on which window its trials were judged, so it may have seen the rows from ${unseenFrom} on`, {
      hint: 'An earlier release began it. Run it again under another name with mode: trial, and train with that one.',
    });
  }
  if (window.calibrate.to <= unseenFrom) return;
  throw new UserError('study-mismatch', `the trials of the study ${study} were judged on rows of ${window.calibrate.from} to ${window.calibrate.to}, and the test window begins on ${unseenFrom}`, {
    hint: 'Run a study on the present training window, or train with a test window that begins after the rows it has seen.',
  });
}

/** How much better the best is than what the pipeline file itself says; undefined where that was not tried. */
export function gainOverPresent(trials: readonly Trial[], { value, objective }: { readonly value: number; readonly objective: TuningObjective }): number | undefined {
  const present = trials.find(({ claims }) => claims[0]?.source === 'present')?.end?.value;
  return present === undefined || present === null ? undefined : lossOf(objective, present) - lossOf(objective, value);
}
