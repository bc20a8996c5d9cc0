import { chiSquareSurvival } from './chi-square.ts';

/** Pearson's chi-square test that two count vectors come from one distribution. */
export interface ChiSquareTest {
  /** NaN when either side has no rows. */
  readonly statistic: number;
  /** Used categories − 1; 0 when only one category occurs. */
  readonly degreesOfFreedom: number;
  /** Assumes independent rows; 1 when only one category occurs. */
  readonly pValue: number;
  /** Effect size in [0, 1] that does not grow with the sample: √(χ² / N) for a table of two rows. */
  readonly cramersV: number;
}

/**
 * Test of homogeneity on a 2 × K table; categories empty on both sides are left out, no continuity correction.
 * Source: Pearson 1900; Cramér 1946. Throws RangeError when lengths differ.
 *
 * @example
 * chiSquareTest([10, 20], [20, 10]).statistic; // 6.666…
 */
export function chiSquareTest(reference: ArrayLike<number>, current: ArrayLike<number>): ChiSquareTest {
  if (reference.length !== current.length) {
    throw new RangeError(`${reference.length} reference bins but ${current.length} current bins`);
  }
  let referenceSize = 0;
  let currentSize = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    referenceSize += reference[bin] ?? 0;
    currentSize += current[bin] ?? 0;
  }
  const size = referenceSize + currentSize;
  let statistic = 0;
  let used = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const before = reference[bin] ?? 0;
    const now = current[bin] ?? 0;
    if (before + now === 0) continue;
    used++;
    const expectedBefore = ((before + now) * referenceSize) / size;
    const expectedNow = ((before + now) * currentSize) / size;
    statistic += (before - expectedBefore) ** 2 / expectedBefore + (now - expectedNow) ** 2 / expectedNow;
  }
  const degreesOfFreedom = Math.max(used - 1, 0);
  if (referenceSize === 0 || currentSize === 0) {
    return { statistic: Number.NaN, degreesOfFreedom, pValue: Number.NaN, cramersV: Number.NaN };
  }
  if (degreesOfFreedom === 0) return { statistic: 0, degreesOfFreedom, pValue: 1, cramersV: 0 };
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom), cramersV: Math.sqrt(statistic / size) };
}
