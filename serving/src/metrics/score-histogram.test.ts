import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { scoreBuckets } from './buckets.ts';
import { ScoreHistogram } from './score-histogram.ts';

test('counts as a Prometheus histogram with the same bounds does, bounds and ends included', async () => {
  const ours = new Registry();
  const scores = [0, 0.049, 0.05, 0.1, 0.15, 0.3, 0.35, 0.55, 0.7, 0.999, 1];
  new ScoreHistogram(ours).observe('traffic', scores);
  const theirs = new Registry();
  const histogram = new Histogram({ registers: [theirs], name: 'taxiway_score', help: 'Probabilities answered.', labelNames: ['purpose'], buckets: scoreBuckets });
  for (const score of scores) histogram.observe({ purpose: 'traffic' }, score);
  histogram.zero({ purpose: 'verification' });
  expect(await ours.metrics()).toBe(await theirs.metrics());
});
