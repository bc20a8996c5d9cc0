import { normalQuantile } from '../statistics/normal-distribution.ts';

/** 2⁸ intervals: eight binary-search steps find one. */
export const knotCount = 257;
const lowestRank = 0.002;

export interface QuantileKnots {
  /** Distinct training quantiles, ascending; at most `knotCount`. */
  readonly positions: readonly number[];
  /** The normal score at each position. */
  readonly scores: readonly number[];
}

/** First index at which `sorted` is not below (or, with `after`, is above) `value`. */
function boundary(sorted: Float32Array, value: number, after: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] ?? Infinity;
    if (found < value || (after && found === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Knots of a rank-based normal transform: distinct quantiles of `sorted`, each scored Φ⁻¹ of its mid-rank clipped to
 * [.002, .998]. Mid-ranks keep heavy ties (no rain, on time) at the middle of the ranks they cover.
 */
export function quantileKnots(sorted: Float32Array): QuantileKnots {
  if (sorted.length === 0) return { positions: [0], scores: [0] };
  const quantiles = Array.from({ length: knotCount }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (knotCount - 1))] ?? 0);
  const positions = quantiles.filter((value, index) => index === 0 || value !== quantiles[index - 1]);
  const scores = positions.map((value) => {
    const midRank = (boundary(sorted, value, false) + boundary(sorted, value, true)) / 2 / sorted.length;
    return normalQuantile(Math.min(1 - lowestRank, Math.max(lowestRank, midRank)));
  });
  return { positions, scores };
}

/** The same transform in plain arithmetic: linear between knots, constant outside. The graph is tested against it. */
export function interpolateKnots(knots: QuantileKnots, value: number): number {
  const { positions, scores } = knots;
  let index = 0;
  while (index + 1 < positions.length && value >= (positions[index + 1] ?? Infinity)) index += 1;
  const start = positions[index] ?? 0;
  const end = positions[index + 1];
  const score = scores[index] ?? 0;
  if (end === undefined || value <= start) return score;
  return score + ((value - start) / (end - start)) * ((scores[index + 1] ?? score) - score);
}
