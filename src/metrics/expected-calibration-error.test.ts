import { describe, expect, test } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { expectedCalibrationError } from './expected-calibration-error.ts';
import { reliabilityCurve } from './reliability-curve.ts';

describe('calibration', () => {
  test('the error is the mass-weighted gap between predicted and observed', () => {
    const rows = { labels: Uint8Array.of(0, 0, 1, 1, 1, 0), scores: Float64Array.of(0.1, 0.2, 0.3, 0.7, 0.8, 0.9) };
    const curve = reliabilityCurve(rows, 2);
    expect(curve.map((point) => point.sampleSize)).toEqual([3, 3]);
    expect(curve[0]?.meanScore).toBeCloseTo(0.2, 14);
    expect(curve[0]?.positiveRate).toBeCloseTo(1 / 3, 14);
    expect(expectedCalibrationError(rows, 2)).toBeCloseTo(((1 / 3 - 0.2) + (0.8 - 2 / 3)) / 2, 14);
  });
  test('labels drawn from the scores are calibrated, squared scores are not', () => {
    const random = createRandom('calibration');
    const scores = Float64Array.from({ length: 20_000 }, () => random.next());
    const labels = Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0));
    expect(expectedCalibrationError({ labels, scores })).toBeLessThan(0.015);
    expect(expectedCalibrationError({ labels, scores: scores.map((score) => score ** 2) })).toBeGreaterThan(0.1);
  });
  test('equal scores are one bin with a Wilson interval; no rows give NaN and an empty curve', () => {
    const curve = reliabilityCurve({ labels: Uint8Array.of(1, 0, 0, 1), scores: new Float64Array(4).fill(0.5) });
    expect(curve).toHaveLength(1);
    expect(curve[0]?.interval[0]).toBeGreaterThan(0.1);
    const none = { labels: new Uint8Array(0), scores: new Float64Array(0) };
    expect(reliabilityCurve(none)).toEqual([]);
    expect(expectedCalibrationError(none)).toBeNaN();
  });
});
