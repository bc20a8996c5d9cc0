/** Population stability index of one column between two count vectors. */
export interface PopulationStability {
  /** Σ contributions, ≥ 0; NaN when either side has no rows. */
  readonly psi: number;
  /** Per bin, in the order of the counts; each ≥ 0. */
  readonly contributions: readonly number[];
  /** Bins with rows on at least one side: B of the chi-square approximation. */
  readonly usedBins: number;
  readonly referenceSize: number;
  readonly currentSize: number;
}

/**
 * PSI = Σ (q − p) · ln(q / p) over the bins' shares p (reference) and q (current).
 * A bin that is empty on one side counts as half a row there, so the index stays finite and equals the textbook's whenever no bin is empty;
 * a bin empty on both sides contributes nothing.
 * Source: Yurdakul, "Statistical properties of population stability index" (2018), for the index and its null distribution.
 * Throws RangeError when lengths differ or a count is negative or not finite.
 *
 * @example
 * populationStability([50, 50], [60, 40]).psi; // 0.1·ln(1.2) − 0.1·ln(0.8) = 0.0405…
 */
export function populationStability(reference: ArrayLike<number>, current: ArrayLike<number>): PopulationStability {
  if (reference.length !== current.length) {
    throw new RangeError(`${reference.length} reference bins but ${current.length} current bins`);
  }
  const referenceSize = total(reference);
  const currentSize = total(current);
  const contributions: number[] = [];
  let psi = 0;
  let usedBins = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const before = reference[bin] ?? 0;
    const now = current[bin] ?? 0;
    const used = before > 0 || now > 0;
    if (used) usedBins++;
    const contribution = used ? psiContribution(share(before, referenceSize), share(now, currentSize)) : 0;
    contributions.push(contribution);
    psi += contribution;
  }
  if (referenceSize === 0 || currentSize === 0) psi = Number.NaN;
  return { psi, contributions, usedBins, referenceSize, currentSize };
}

/** PSI alone, without checks or allocation: for resampling loops over counts that `populationStability` has already accepted. */
export function psiOfCounts(reference: Float64Array, current: Float64Array): number {
  let referenceSize = 0;
  let currentSize = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    referenceSize += reference[bin] ?? 0;
    currentSize += current[bin] ?? 0;
  }
  let psi = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const before = reference[bin] ?? 0;
    const now = current[bin] ?? 0;
    if (before > 0 || now > 0) psi += psiContribution(share(before, referenceSize), share(now, currentSize));
  }
  return psi;
}

function psiContribution(p: number, q: number): number {
  return (q - p) * Math.log(q / p);
}

/** An empty bin counts as half a row; of no rows at all there is no share. */
function share(count: number, size: number): number {
  return size === 0 ? Number.NaN : (count === 0 ? 0.5 : count) / size;
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] ?? Number.NaN;
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) throw new RangeError(`count of bin ${bin} is ${count}`);
    sum += count;
  }
  return sum;
}
