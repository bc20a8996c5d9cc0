import { assertNever } from '../errors.ts';
import type { SamplerOptions } from '../pipeline/schema/tuning.ts';
import type { Random } from '../statistics/random.ts';
import { drawUniform, type ParameterValues, type SearchSpace } from './search-space.ts';
import { createTpeSampler } from './tpe-sampler.ts';

/** A trial as samplers and pruners see it: whatever is measured, less is better. */
export interface SeenTrial {
  readonly number: number;
  readonly parameters: ParameterValues;
  readonly state: 'running' | 'complete' | 'pruned' | 'failed';
  /** The least loss of a trial that ended; +∞ where it gave none. */
  readonly loss: number;
  /** By epoch, beginning with the first. */
  readonly losses: readonly number[];
}

export interface SuggestRequest {
  readonly trials: readonly SeenTrial[];
  /** Trials of earlier studies, study by study: their losses need not be comparable. */
  readonly earlier: readonly (readonly SeenTrial[])[];
  readonly random: Random;
}

/** Says what to try next. Pure: the same trials and the same random numbers give the same point. */
export type Sampler = (request: SuggestRequest) => ParameterValues;

export function createSampler(options: SamplerOptions, space: SearchSpace): Sampler {
  switch (options.type) {
    case 'tpe':
      return createTpeSampler(options, space);
    case 'random':
      return ({ random }) => drawUniform(space, random);
    default:
      return assertNever(options);
  }
}
