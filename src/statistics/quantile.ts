/** Real numbers by row; the two widths that columns and scores come in. */
export type NumberArray = Float64Array | Float32Array;

/**
 * The q-quantile with linear interpolation (type 7 of Hyndman and Fan 1996, numpy's default). NaN values are left out; nothing left gives NaN.
 * Throws RangeError unless 0 ≤ q ≤ 1. O(n log n); use `quantileOfSorted` for many quantiles of the same values.
 *
 * @example
 * quantile(Float64Array.of(1, 2, 3, 4), 0.5); // 2.5
 */
export function quantile(values: NumberArray, q: number): number {
  return quantileOfSorted(sortedNumbers(values), q);
}

/** As `quantile`, for values that are already ascending and hold no NaN. */
export function quantileOfSorted(sorted: NumberArray, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q must be in [0, 1], got ${q}`);
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  const share = position - below;
  // Without the test, ∞ − ∞ would turn two equal infinities into NaN.
  return share === 0 || low === high ? low : low + share * (high - low);
}

/** An ascending copy without the NaN values. */
export function sortedNumbers(values: NumberArray): Float64Array {
  const present = new Float64Array(values.length);
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    present[count] = value;
    count += 1;
  }
  return present.slice(0, count).sort();
}
