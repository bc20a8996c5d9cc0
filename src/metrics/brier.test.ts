import { expect, test } from 'vitest';
import { brier } from './brier.ts';

const rows = { labels: Uint8Array.of(1, 0), scores: Float64Array.of(0.8, 0.4) };

test('the Brier score is the mean squared distance to the label', () => {
  expect(brier(rows)).toBeCloseTo(0.1, 14);
  expect(brier({ ...rows, weights: Float64Array.of(3, 1) })).toBeCloseTo((3 * 0.04 + 0.16) / 4, 14);
});

test('no rows give NaN, a score outside [0, 1] is refused', () => {
  expect(brier({ labels: new Uint8Array(0), scores: new Float64Array(0) })).toBeNaN();
  expect(() => brier({ labels: Uint8Array.of(1), scores: Float64Array.of(2) })).toThrow(RangeError);
});
