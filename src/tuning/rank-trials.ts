import type { SeenTrial } from './sampler.ts';

/** The best first: complete ones by their loss, then pruned ones (those that went further first), then failed ones. Running ones have no place. */
export function rankTrials(trials: readonly SeenTrial[]): SeenTrial[] {
  return trials.filter(({ state }) => state !== 'running').sort((a, b) => standing(a) - standing(b) || (a.state === 'pruned' ? b.losses.length - a.losses.length : 0) || order(a.loss, b.loss) || a.number - b.number);
}

/** Trials of several studies in one order: each stands where it stands within its own study, for losses on other rows say nothing here. */
export function rankAcrossStudies(studies: readonly (readonly SeenTrial[])[]): SeenTrial[] {
  return studies
    .flatMap((trials) => {
      const ranked = rankTrials(trials);
      return ranked.map((trial, rank) => ({ trial, quantile: (rank + 0.5) / ranked.length }));
    })
    .sort((a, b) => a.quantile - b.quantile)
    .map(({ trial }) => trial);
}

function standing({ state }: SeenTrial): number {
  return state === 'complete' ? 0 : state === 'pruned' ? 1 : 2;
}

/** ∞ − ∞ is no order. */
function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
