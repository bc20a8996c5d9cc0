import { describe, expect, test } from 'vitest';
import { type CurvePoint, keepBends } from './keep-bends.ts';

describe('a thinned curve', () => {
  test('keeps both ends and the corner', () => {
    const flat = Array.from({ length: 500 }, (_, index): CurvePoint => [index / 1000, index / 1000]);
    const corner: CurvePoint[] = [...flat, [0.5, 1], [0.75, 1], [1, 1]];
    expect(keepBends(corner, 4)).toEqual([[0, 0], [0.499, 0.499], [0.5, 1], [1, 1]]);
  });

  test('says a smooth curve more closely than points evenly spaced by rank', () => {
    // Most of the ranks lie where nothing happens, as on a real ROC curve.
    const curve = Array.from({ length: 5001 }, (_, index): CurvePoint => [(index / 5000) ** 2, (index / 5000) ** 0.1]);
    const kept = keepBends(curve, 50);
    const even = Array.from({ length: 50 }, (_, index) => curve[Math.round((index * 5000) / 49)] ?? ([0, 0] as const));
    expect(kept).toHaveLength(50);
    expect(worstGap(curve, kept)).toBeLessThan(worstGap(curve, even) / 3);
  });

  test('leaves a straight line at its two ends, and short curves as they are', () => {
    expect(keepBends(Array.from({ length: 300 }, (_, index): CurvePoint => [index, 2 * index]), 200)).toHaveLength(2);
    expect(keepBends([[0, 0], [1, 1]], 200)).toEqual([[0, 0], [1, 1]]);
    expect(keepBends([], 200)).toEqual([]);
  });
});

/** Largest distance from a point of the curve to the lines through the kept points. */
function worstGap(curve: readonly CurvePoint[], kept: readonly CurvePoint[]): number {
  return Math.max(...curve.map((point) => Math.min(...kept.slice(1).map((end, index) => distance(point, kept[index] ?? end, end)))));
}

function distance([x, y]: CurvePoint, [x0, y0]: CurvePoint, [x1, y1]: CurvePoint): number {
  const along = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)));
  return Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
}
