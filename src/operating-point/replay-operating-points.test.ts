import { describe, expect, it } from 'vitest';
import { operatingPointSchema } from '../pipeline/schema/operating-point.ts';
import { createRandom } from '../statistics/random.ts';
import { replayOperatingPoints } from './replay-operating-points.ts';
import { type OperatingPointRows, trailingRecallThreshold } from './trailing-recall.ts';

const start = 15_800;
const random = createRandom('replay');
const days = Int32Array.from({ length: 60 * 30 }, (_, row) => start + Math.floor(row / 30));
const scores = Float64Array.from(days, () => random.next());
const rows: OperatingPointRows = { scores, days, labels: scores.map((score) => (random.next() < score ? 1 : 0)) };
const window = { from: start + 30, to: start + 50, fallback: 0.4 };
const trailing = operatingPointSchema.parse({ policy: 'trailing-recall' });

describe('replayOperatingPoints', () => {
  it('decides every row of the window, and no other, by the threshold of its day', () => {
    const replay = replayOperatingPoints(rows, window, trailing);
    expect(replay.points.map(({ day }) => day)).toEqual(Array.from({ length: 20 }, (_, index) => window.from + index));
    expect([...replay.rows]).toEqual([...days.keys()].filter((row) => (days[row] ?? 0) >= window.from && (days[row] ?? 0) < window.to));
    replay.rows.forEach((row, index) => {
      const { threshold } = trailingRecallThreshold(rows, days[row] ?? 0, { target: 0.83, days: 28, delay: 2, minimumPositives: 200, fallback: 0.4 });
      expect(replay.thresholds[index]).toBe(threshold);
      expect(replay.decisions[index]).toBe((scores[row] ?? 0) >= threshold ? 1 : 0);
    });
  });

  it('a label of the window changes no decision before it was known', () => {
    const spoilt = { ...rows, labels: rows.labels.map((label, row) => ((days[row] ?? 0) >= window.from + 10 ? 1 - label : label)) };
    const [before, after] = [replayOperatingPoints(rows, window, trailing), replayOperatingPoints(spoilt, window, trailing)];
    expect(after.points.slice(0, 12)).toEqual(before.points.slice(0, 12));
    expect(after.points[12]).not.toEqual(before.points[12]);
  });

  it('a fixed policy keeps the threshold of training', () => {
    const { points } = replayOperatingPoints(rows, window, operatingPointSchema.parse({ policy: 'fixed' }));
    expect(new Set(points.map(({ threshold, source }) => `${source} ${threshold}`))).toEqual(new Set(['validation 0.4']));
  });

  it('a window that ends before it begins has no days and no rows', () => {
    expect(replayOperatingPoints(rows, { ...window, to: start }, trailing)).toMatchObject({ points: [], rows: new Int32Array() });
  });
});
