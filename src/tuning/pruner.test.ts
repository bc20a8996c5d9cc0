import { describe, expect, it } from 'vitest';
import { createPruner } from './pruner.ts';
import type { SeenTrial } from './sampler.ts';

function trial(state: SeenTrial['state'], ...losses: number[]): SeenTrial {
  return { number: 1, parameters: {}, state, loss: state === 'complete' ? Math.min(...losses) : Number.POSITIVE_INFINITY, losses };
}

describe('the median pruner', () => {
  const prune = createPruner({ type: 'median', 'startup-trials': 3, 'warm-up-epochs': 1 });
  const others = [trial('complete', 5, 3, 1), trial('complete', 5, 4, 2), trial('complete', 5, 5, 3)];

  it('stops what is worse than the median of the complete trials at the same epoch, not at their end', () => {
    expect(prune({ losses: [9, 4.1], others })).toBe(true);
    expect(prune({ losses: [9, 3.9], others })).toBe(false);
    expect(prune({ losses: [9, 4], others })).toBe(false);
  });

  it('judges a trial by its best epoch so far', () => {
    expect(prune({ losses: [3.9, 8], others })).toBe(false);
  });

  it('waits for its start-up trials and its warm-up epochs', () => {
    expect(prune({ losses: [9, 9], others: others.slice(1) })).toBe(false);
    expect(prune({ losses: [9], others })).toBe(false);
  });

  it('does not let pruned, failed and running trials lower the bar', () => {
    const more = [...others, trial('pruned', 9, 9), trial('running', 9, 9), trial('failed', 9, 9), trial('pruned', 9, 9)];
    expect(prune({ losses: [9, 4.1], others: more })).toBe(true);
  });

  it('compares with the best of trials that stopped by themselves before', () => {
    expect(prune({ losses: [9, 9, 9, 2.5], others })).toBe(true);
    expect(prune({ losses: [9, 9, 9, 1.9], others })).toBe(false);
  });
});

describe('successive halving', () => {
  const prune = createPruner({ type: 'successive-halving', 'minimum-epochs': 1, reduction: 3 });

  it('asks at the rungs alone: 1, 3, 9, … epochs', () => {
    const others = Array.from({ length: 8 }, () => trial('running', 1, 1, 1, 1));
    expect(prune({ losses: [5], others })).toBe(true);
    expect(prune({ losses: [5, 5], others })).toBe(false);
    expect(prune({ losses: [5, 5, 5], others })).toBe(true);
    expect(prune({ losses: [5, 5, 5, 5], others })).toBe(false);
  });

  it('lets the best third of those that reached the rung go on', () => {
    const others = [1, 2, 3, 4, 5].map((loss) => trial('pruned', loss));
    expect(prune({ losses: [1.5], others })).toBe(false);
    expect(prune({ losses: [2.5], others })).toBe(true);
  });

  it('lets the first at a rung go on, and the next only if it is better', () => {
    expect(prune({ losses: [5], others: [] })).toBe(false);
    expect(prune({ losses: [4], others: [trial('running', 5)] })).toBe(false);
    expect(prune({ losses: [6], others: [trial('running', 5)] })).toBe(true);
  });
});

it('no pruner stops nothing', () => {
  expect(createPruner({ type: 'none' })({ losses: [Number.POSITIVE_INFINITY], others: [trial('complete', 1)] })).toBe(false);
});
