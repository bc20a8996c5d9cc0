import { kolmogorovSurvival } from './kolmogorov-distribution.ts';
import { sortedNumbers, type NumberArray } from './quantile.ts';

/** Two-sample Kolmogorov–Smirnov result. */
export interface KolmogorovSmirnov {
  /** Largest distance between the two distribution functions, in [0, 1]; NaN when either side has no values. */
  readonly distance: number;
  /** Asymptotic, assumes independent rows: with autocorrelated rows it is far too small, so judge the distance. */
  readonly pValue: number;
  readonly referenceSize: number;
  readonly currentSize: number;
}

/**
 * Two-sample Kolmogorov–Smirnov. NaN values are left out (missingness is PSI's to judge). O(n log n).
 * Source: Smirnov 1939; p-value from the limiting distribution of √(nm/(n+m))·D.
 *
 * @example
 * kolmogorovSmirnov(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)).distance; // 1
 */
export function kolmogorovSmirnov(reference: NumberArray, current: NumberArray): KolmogorovSmirnov {
  const before = sortedNumbers(reference);
  const now = sortedNumbers(current);
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < before.length && j < now.length) {
    const value = Math.min(before[i] ?? Number.POSITIVE_INFINITY, now[j] ?? Number.POSITIVE_INFINITY);
    while (i < before.length && before[i] === value) i++;
    while (j < now.length && now[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / before.length - j / now.length));
  }
  return result(distance, before.length, now.length);
}

/**
 * The same from counts over ordered bins (`countNumbers`, whose last entry, missing, is left out).
 * The distance is seen at the bins' edges only, so it is at most the true one.
 * Throws RangeError when lengths differ.
 *
 * @example
 * kolmogorovSmirnovOfCounts([5, 5, 0], [9, 1, 0]).distance; // 0.4
 */
export function kolmogorovSmirnovOfCounts(reference: ArrayLike<number>, current: ArrayLike<number>): KolmogorovSmirnov {
  if (reference.length !== current.length) {
    throw new RangeError(`${reference.length} reference bins but ${current.length} current bins`);
  }
  const bins = reference.length - 1;
  let referenceSize = 0;
  let currentSize = 0;
  for (let bin = 0; bin < bins; bin++) {
    referenceSize += reference[bin] ?? 0;
    currentSize += current[bin] ?? 0;
  }
  let distance = 0;
  let before = 0;
  let now = 0;
  for (let bin = 0; bin < bins; bin++) {
    before += reference[bin] ?? 0;
    now += current[bin] ?? 0;
    distance = Math.max(distance, Math.abs(before / referenceSize - now / currentSize));
  }
  return result(distance, referenceSize, currentSize);
}

function result(distance: number, referenceSize: number, currentSize: number): KolmogorovSmirnov {
  if (referenceSize === 0 || currentSize === 0) return { distance: Number.NaN, pValue: Number.NaN, referenceSize, currentSize };
  const effectiveSize = (referenceSize * currentSize) / (referenceSize + currentSize);
  return { distance, pValue: kolmogorovSurvival(Math.sqrt(effectiveSize) * distance), referenceSize, currentSize };
}
