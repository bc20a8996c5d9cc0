import type { SamplerOptions } from '../pipeline/schema/tuning.ts';
import { parzenEstimator } from './parzen-estimator.ts';
import { rankAcrossStudies } from './rank-trials.ts';
import type { Sampler } from './sampler.ts';
import { drawUniform, type ParameterValues, type SearchSpace } from './search-space.ts';

/** How many of n trials are the good ones. */
function goodTrials(finished: number): number {
  return Math.min(Math.ceil(0.1 * finished), 25);
}

/**
 * Tree-structured Parzen estimator: one density of the good trials and one of the others; of some draws from the first, the one where
 * the good are most likely against the others is tried next. Both densities are joint over all parameters (multivariate), so that
 * parameters which must move together do. Trials that still run count among the others, which keeps parallel workers apart.
 *
 * Source: Bergstra et al. (2011); share of good trials, prior weight 1 and the joint form as in Optuna's sampler and Watanabe (2023).
 */
export function createTpeSampler(options: Extract<SamplerOptions, { type: 'tpe' }>, space: SearchSpace): Sampler {
  return ({ trials, earlier, random }) => {
    const ranked = rankAcrossStudies([trials, ...earlier]);
    if (ranked.length < options['startup-trials']) return drawUniform(space, random);
    const good = new Set(ranked.slice(0, goodTrials(ranked.length)));
    // In the order in which they were made: age counts.
    const all = [...earlier.flatMap((study) => study.filter(({ state }) => state !== 'running')), ...trials];
    const below = parzenEstimator(space, all.filter((trial) => good.has(trial)).map(({ parameters }) => parameters));
    const above = parzenEstimator(space, all.filter((trial) => !good.has(trial)).map(({ parameters }) => parameters));
    let best: ParameterValues | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (let draw = 0; draw < options.candidates; draw++) {
      const candidate = below.sample(random);
      const promise = below.logDensity(candidate) - above.logDensity(candidate);
      if (best === undefined || promise > highest) {
        best = candidate;
        highest = promise;
      }
    }
    return best ?? drawUniform(space, random);
  };
}
