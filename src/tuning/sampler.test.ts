import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SamplerOptions, TuningParameter } from '../pipeline/schema/tuning.ts';
import { quantile } from '../statistics/quantile.ts';
import { createRandom } from '../statistics/random.ts';
import { createSampler, type Sampler, type SeenTrial } from './sampler.ts';
import { isInSpace, type ParameterValues, type SearchSpace } from './search-space.ts';

const tpe: SamplerOptions = { type: 'tpe', 'startup-trials': 10, candidates: 24 };
const bowl: SearchSpace = { x: { type: 'float', low: -10, high: 10, log: false }, y: { type: 'float', low: -10, high: 10, log: false } };
const bowlLoss = ({ x, y }: ParameterValues): number => (Number(x) - 2) ** 2 + (Number(y) + 3) ** 2;

interface Search {
  readonly sample: Sampler;
  readonly loss: (values: ParameterValues) => number;
  readonly earlier?: readonly (readonly SeenTrial[])[];
}

function search({ sample, loss, earlier = [] }: Search, { seed, trials }: { seed: number; trials: number }): SeenTrial[] {
  const seen: SeenTrial[] = [];
  for (let number = 1; number <= trials; number += 1) {
    const parameters = sample({ trials: seen, earlier, random: createRandom(`${seed}/${number}`) });
    seen.push({ number, parameters, state: 'complete', loss: loss(parameters), losses: [] });
  }
  return seen;
}

const best = (trials: readonly SeenTrial[]): number => Math.min(...trials.map(({ loss }) => loss));
const median = (values: readonly number[]): number => quantile(Float64Array.from(values), 0.5);
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

describe('the tree-structured Parzen estimator', () => {
  it('finds a far better point of a bowl than chance does, over twenty seeds', () => {
    const found = (options: SamplerOptions): number => median(seeds.map((seed) => best(search({ sample: createSampler(options, bowl), loss: bowlLoss }, { seed, trials: 40 }))));
    expect(found(tpe)).toBeLessThan(0.5 * found({ type: 'random' }));
  });

  it('learns which choice and which whole number on a logarithmic scale are good', () => {
    const space: SearchSpace = { units: { type: 'integer', low: 1, high: 1024, log: true }, kind: { type: 'choice', choices: ['a', 'b', 'c', 'd'] } };
    const loss = ({ units, kind }: ParameterValues): number => Math.abs(Math.log2(Number(units)) - 3) + (kind === 'c' ? 0 : 2);
    // A quarter each is what chance would give.
    const late = seeds.slice(0, 10).flatMap((seed) => search({ sample: createSampler(tpe, space), loss }, { seed, trials: 40 }).slice(25));
    expect(late.filter(({ parameters }) => parameters['kind'] === 'c').length / late.length).toBeGreaterThan(0.4);
    expect(late.filter(({ parameters }) => Number(parameters['units']) >= 4 && Number(parameters['units']) <= 16).length / late.length).toBeGreaterThan(0.4);
  });

  it('gives the same point for the same trials, in whatever order the file names the parameters', () => {
    const turned = Object.fromEntries(Object.entries(bowl).reverse());
    const points = (space: SearchSpace): ParameterValues[] => search({ sample: createSampler(tpe, space), loss: bowlLoss }, { seed: 1, trials: 15 }).map(({ parameters }) => parameters);
    expect(points(turned)).toEqual(points(bowl));
  });

  it('begins where an earlier study ended, though its losses are on another scale', () => {
    const earlier = search({ sample: createSampler(tpe, bowl), loss: (values) => 1000 + bowlLoss(values) }, { seed: 99, trials: 40 });
    const first = (studies: readonly (readonly SeenTrial[])[]): number => median(seeds.map((seed) => best(search({ sample: createSampler(tpe, bowl), loss: bowlLoss, earlier: studies }, { seed, trials: 5 }))));
    expect(first([earlier])).toBeLessThan(0.3 * first([]));
  });

  it('keeps away from what other workers are trying', () => {
    const done = search({ sample: createSampler(tpe, bowl), loss: bowlLoss }, { seed: 3, trials: 30 });
    const next = (trials: readonly SeenTrial[], seed: number): ParameterValues => createSampler(tpe, bowl)({ trials, earlier: [], random: createRandom(seed) });
    const running: SeenTrial[] = Array.from({ length: 10 }, (_, index) => ({ number: 31 + index, parameters: next(done, 5), state: 'running', loss: Number.POSITIVE_INFINITY, losses: [] }));
    const distance = (a: ParameterValues, b: ParameterValues): number => Math.hypot(Number(a['x']) - Number(b['x']), Number(a['y']) - Number(b['y']));
    const crowded = median(seeds.map((seed) => distance(next(done, seed), next(done, 5))));
    expect(median(seeds.map((seed) => distance(next([...done, ...running], seed), next(done, 5))))).toBeGreaterThan(crowded);
  });

  it('stays in the space, whatever it is and whatever was seen', () => {
    const number = fc.double({ min: 0.001, max: 1000, noNaN: true });
    const parameter: fc.Arbitrary<TuningParameter> = fc.oneof(
      fc.tuple(number, number, fc.boolean()).filter(([a, b]) => a !== b).map(([a, b, log]) => ({ type: 'float' as const, low: Math.min(a, b), high: Math.max(a, b), log })),
      fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5000 }), fc.boolean()).map(([low, more, log]) => ({ type: 'integer' as const, low, high: low + more, log })),
      fc.uniqueArray(fc.oneof(fc.integer(), fc.boolean(), fc.string()), { minLength: 2, maxLength: 5 }).map((choices) => ({ type: 'choice' as const, choices })),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), parameter, { minKeys: 1 }), fc.integer(), (space, seed) => {
        const trials = search({ sample: createSampler({ ...tpe, 'startup-trials': 2 }, space), loss: (values) => Object.values(values).reduce<number>((sum, value) => sum + Number(value), 0) || 0 }, { seed, trials: 8 });
        expect(trials.every(({ parameters }) => isInSpace(parameters, space))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
