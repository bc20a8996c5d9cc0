/** Jensen–Shannon divergence and distance of two count vectors. */
export interface JensenShannon {
  /** In bits, in [0, 1]; NaN when either side has no rows. */
  readonly divergence: number;
  /** Square root of the divergence, in [0, 1]: a metric. */
  readonly distance: number;
}

/**
 * Half the Kullback–Leibler divergence of each side to their mean, base 2. Finite whatever bins are empty, so nothing is smoothed.
 * Source: Lin 1991, "Divergence measures based on the Shannon entropy". Throws RangeError when lengths differ.
 *
 * @example
 * jensenShannon([1, 0], [0, 1]); // { divergence: 1, distance: 1 }
 */
export function jensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): JensenShannon {
  if (reference.length !== current.length) {
    throw new RangeError(`${reference.length} reference bins but ${current.length} current bins`);
  }
  let referenceSize = 0;
  let currentSize = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    referenceSize += reference[bin] ?? 0;
    currentSize += current[bin] ?? 0;
  }
  if (referenceSize === 0 || currentSize === 0) return { divergence: Number.NaN, distance: Number.NaN };
  let divergence = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const p = (reference[bin] ?? 0) / referenceSize;
    const q = (current[bin] ?? 0) / currentSize;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  // Rounding can leave a hair below 0 or above 1.
  divergence = Math.min(1, Math.max(0, divergence));
  return { divergence, distance: Math.sqrt(divergence) };
}
