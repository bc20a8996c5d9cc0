import { describe, expect, it } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { parzenEstimator } from './parzen-estimator.ts';
import { axisOf, type SearchSpace } from './search-space.ts';

const cells = 4000;

describe('a Parzen estimator is a density', () => {
  it('over a fraction, on its logarithmic scale where it is searched on that', () => {
    for (const log of [false, true]) {
      const parameter = { type: 'float', low: 0.01, high: 10, log } as const;
      const { low, high, fromAxis } = axisOf(parameter);
      const estimator = parzenEstimator({ x: parameter }, [0.01, 0.5, 0.5, 3].map((x) => ({ x })));
      const width = (high - low) / cells;
      const mass = Array.from({ length: cells }, (_, index) => Math.exp(estimator.logDensity({ x: fromAxis(low + (index + 0.5) * width) })) * width).reduce((sum, value) => sum + value, 0);
      expect(mass).toBeCloseTo(1, 3);
    }
  });

  it('over whole numbers and choices together', () => {
    const choices = ['a', 'b', true];
    const space: SearchSpace = { n: { type: 'integer', low: 1, high: 40, log: true }, c: { type: 'choice', choices } };
    const estimator = parzenEstimator(space, [{ n: 1, c: 'a' }, { n: 7, c: 'a' }, { n: 40, c: true }]);
    let mass = 0;
    for (let n = 1; n <= 40; n += 1) for (const c of choices) mass += Math.exp(estimator.logDensity({ n, c }));
    expect(mass).toBeCloseTo(1, 10);
  });

  it('that its samples follow', () => {
    const space = { n: { type: 'integer', low: 1, high: 6, log: false } } as const;
    const estimator = parzenEstimator(space, [{ n: 2 }, { n: 2 }, { n: 5 }]);
    const random = createRandom('samples');
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 20_000; draw += 1) {
      const n = Number(estimator.sample(random)['n']);
      counts.set(n, (counts.get(n) ?? 0) + 1);
    }
    for (let n = 1; n <= 6; n += 1) expect((counts.get(n) ?? 0) / 20_000).toBeCloseTo(Math.exp(estimator.logDensity({ n })), 1.7);
  });

  it('that is flat before anything was seen, and forgets slowly', () => {
    const space: SearchSpace = { c: { type: 'choice', choices: ['old', 'new'] } };
    expect(parzenEstimator(space, []).logDensity({ c: 'old' })).toBeCloseTo(Math.log(0.5), 12);
    // Of 60 observations the latest 25 count in full.
    const observations = Array.from({ length: 60 }, (_, index) => ({ c: index < 30 ? 'old' : 'new' }));
    const estimator = parzenEstimator(space, observations);
    expect(estimator.logDensity({ c: 'new' })).toBeGreaterThan(estimator.logDensity({ c: 'old' }));
  });
});
