import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramEdges } from './histogram-edges.ts';
import { quantilePoints } from './profile-columns.ts';

function summary(minimum: number, maximum: number, quantiles: Readonly<Record<number, number>> = {}) {
  return { minimum, maximum, mean: 0, quantiles: new Map(quantilePoints.map((point) => [point, quantiles[point] ?? (point < 500 ? minimum : maximum)])) };
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

describe('histogramEdges', () => {
  it('cover every number with few ascending bins', () => {
    fc.assert(
      fc.property(number, number, fc.boolean(), (a, b, whole) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ends = whole ? ([Math.floor(low), Math.floor(high)] as const) : ([low, high] as const);
        const { edges } = histogramEdges([summary(...ends)], { kind: 'number', whole });
        expect(edges.length).toBeGreaterThanOrEqual(2);
        expect(edges.length).toBeLessThanOrEqual(40);
        expect(edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge))).toBe(true);
      }),
    );
  });

  it('are whole numbers for whole numbers', () => {
    const { edges } = histogramEdges([summary(1, 57)], { kind: 'number', whole: true });
    expect(edges.every(Number.isInteger)).toBe(true);
  });

  it('leave what lies far out to the bins at the ends, and say so', () => {
    const { edges, open } = histogramEdges([summary(0, 1048, { 5: 0, 995: 30 })], { kind: 'number', whole: false });
    expect(open).toEqual([false, true]);
    expect(edges.at(-1)).toBeLessThan(40);
  });

  it.each([
    ['hours', '2013-01-01T00:00:00Z', '2013-01-02T12:00:00Z', 37],
    ['days', '2013-01-01T06:00:00Z', '2013-02-10T00:00:00Z', 41],
    ['weeks', '2013-01-01T00:00:00Z', '2013-12-31T00:00:00Z', 53],
    ['months', '2010-01-15T00:00:00Z', '2013-12-31T00:00:00Z', 48],
    ['years', '1990-01-15T00:00:00Z', '2013-12-31T00:00:00Z', 24],
  ])('of moments are whole %s', (_unit, ...[from, to, bins]) => {
    expect(histogramEdges([summary(Date.parse(from), Date.parse(to))], { kind: 'time', whole: false }).edges.length - 1).toBe(bins);
  });
});
