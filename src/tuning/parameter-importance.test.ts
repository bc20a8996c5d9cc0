import { describe, expect, it } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { parameterImportance } from './parameter-importance.ts';
import type { SeenTrial } from './sampler.ts';
import { drawUniform, type SearchSpace } from './search-space.ts';

const space: SearchSpace = {
  rate: { type: 'float', low: 1e-4, high: 1, log: true },
  units: { type: 'integer', low: 1, high: 8, log: false },
  kind: { type: 'choice', choices: ['a', 'b', 'c'] },
  nothing: { type: 'float', low: 0, high: 1, log: false },
};

function trials(count: number, loss: (parameters: SeenTrial['parameters']) => number): SeenTrial[] {
  const random = createRandom('importance');
  return Array.from({ length: count }, (_, index) => {
    const parameters = drawUniform(space, random);
    return { number: index + 1, parameters, state: 'complete', loss: loss(parameters), losses: [] };
  });
}

describe('the importance of parameters', () => {
  it.each([
    ['rate', (values: SeenTrial['parameters']) => (Math.log10(Number(values['rate'])) + 3) ** 2],
    ['units', (values: SeenTrial['parameters']) => Math.abs(Number(values['units']) - 7)],
    ['kind', (values: SeenTrial['parameters']) => (values['kind'] === 'b' ? 0 : 1)],
  ])('is that of %s where it alone decides', (name, loss) => {
    const [first] = parameterImportance(space, trials(60, loss)) ?? [];
    expect(first?.name).toBe(name);
    expect(first?.importance).toBeGreaterThan(0.5);
  });

  it('sums to one, and is not told from too few trials', () => {
    const loss = (values: SeenTrial['parameters']): number => Number(values['rate']);
    expect(parameterImportance(space, trials(10, loss))?.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 12);
    expect(parameterImportance(space, trials(9, loss))).toBeUndefined();
  });

  it('does not count trials that failed', () => {
    const good = trials(30, (values) => Number(values['rate']));
    const failed = trials(30, () => Number.POSITIVE_INFINITY).map((trial): SeenTrial => ({ ...trial, state: 'failed' }));
    expect(parameterImportance(space, [...good, ...failed])).toEqual(parameterImportance(space, good));
  });
});
