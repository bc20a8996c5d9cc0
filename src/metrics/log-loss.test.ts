import { expect, test } from 'vitest';
import { logLoss } from './log-loss.ts';

test('the log-loss of even odds is ln 2, and weights count', () => {
  expect(logLoss({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.5, 0.5) })).toBeCloseTo(Math.LN2, 14);
  const weighted = logLoss({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.8, 0.4), weights: Float64Array.of(3, 1) });
  expect(weighted).toBeCloseTo(-(3 * Math.log(0.8) + Math.log(0.6)) / 4, 14);
});

test('a sure mistake is dear but finite', () => {
  expect(logLoss({ labels: Uint8Array.of(1, 0), scores: Float64Array.of(0, 1) })).toBeCloseTo(-Math.log(1e-15), 10);
});

test('no rows give NaN', () => {
  expect(logLoss({ labels: new Uint8Array(0), scores: new Float64Array(0) })).toBeNaN();
});
