import { expect, test } from 'vitest';
import type { GateSection } from '../pipeline/schema/gate.ts';
import { challengerThreshold } from './challenger-threshold.ts';

const gate: GateSection = {
  'value-checks': [{ metric: 'accuracy', minimum: 0.5, decides: 'always' }],
  'change-checks': [
    { metric: 'accuracy', 'minimum-change': 0.02 },
    { metric: 'recall', 'minimum-change': 0.03 },
  ],
  slices: [],
  bootstrap: { replicates: 2000 },
  'golden-requests': 200,
};

test('a challenger that ranks better chooses a threshold at which both accuracy and recall gain over the champion', () => {
  const labels = Float64Array.from([0, 0, 0, 0, 0, 1, 1, 1]);
  const champion = Float64Array.from([0.1, 0.2, 0.3, 0.8, 0.9, 0.4, 0.85, 0.95]);
  const challenger = Float64Array.from([0.1, 0.2, 0.25, 0.3, 0.5, 0.6, 0.7, 0.8]);
  const threshold = challengerThreshold({ scores: champion, threshold: 0.7 }, gate)({ scores: challenger, labels });
  const hits = (scores: Float64Array, from: number): number => scores.filter((score, row) => (score >= from ? 1 : 0) === labels[row]).length;
  const found = (scores: Float64Array, from: number): number => scores.filter((score, row) => labels[row] === 1 && score >= from).length;
  expect(hits(challenger, threshold)).toBeGreaterThan(hits(champion, 0.7));
  expect(found(challenger, threshold)).toBeGreaterThan(found(champion, 0.7));
});
