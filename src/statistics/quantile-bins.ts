import { sortedNumbers, type NumberArray } from './quantile.ts';

/**
 * Bins of a number. Bin i holds values in (edges[i−1], edges[i]], the last one everything above; NaN goes to one more bin, "missing".
 * A count vector therefore has edges.length + 2 entries. Plain JSON: stored with the model at training time.
 */
export interface NumberBins {
  readonly kind: 'number';
  /** Strictly ascending, finite. */
  readonly edges: readonly number[];
}

/**
 * Bins of (nearly) equal mass over reference values. Edges are observed values, deduplicated, so a heavy value gives fewer bins rather than empty ones.
 * A constant reference gives three bins (below, exactly, above), so a move away from the constant is still seen. No values at all: one bin and "missing".
 *
 * @param values reference values; NaN is missing
 * @param bins how many bins are wanted, default 10; RangeError unless a whole number ≥ 2
 *
 * @example
 * quantileBins(Float64Array.of(1, 2, 3, 4), 2); // { kind: 'number', edges: [2] }
 */
export function quantileBins(values: NumberArray, bins = 10): NumberBins {
  if (!Number.isInteger(bins) || bins < 2) throw new RangeError(`bins must be a whole number ≥ 2, got ${bins}`);
  const sorted = finitePart(sortedNumbers(values));
  const smallest = sorted[0];
  const largest = sorted[sorted.length - 1];
  if (smallest === undefined || largest === undefined) return { kind: 'number', edges: [] };
  if (smallest === largest) {
    const below = justBelow(smallest);
    // Below the smallest double there is no finite edge, and no finite value either.
    return { kind: 'number', edges: Number.isFinite(below) ? [below, plainZero(smallest)] : [smallest] };
  }
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.ceil((bin * sorted.length) / bins) - 1];
    // An edge at the largest value would leave the last bin empty in the reference itself.
    if (edge !== undefined && edge < largest && edge !== edges[edges.length - 1]) edges.push(plainZero(edge));
  }
  // One value can hold so much mass that every quantile is the largest: still tell it from the rest.
  if (edges.length === 0) edges.push(justBelow(largest));
  return { kind: 'number', edges };
}

/** Of ascending numbers: infinities stand at the ends. */
function finitePart(sorted: Float64Array): Float64Array {
  let start = 0;
  let end = sorted.length;
  while (start < end && sorted[start] === Number.NEGATIVE_INFINITY) start += 1;
  while (end > start && sorted[end - 1] === Number.POSITIVE_INFINITY) end -= 1;
  return sorted.subarray(start, end);
}

/** JSON has no −0: write 0, which compares alike. */
function plainZero(value: number): number {
  return value === 0 ? 0 : value;
}

function justBelow(value: number): number {
  return value - Math.max(Math.abs(value) * 2 ** -50, 2 ** -1000);
}

/** Entries in a count vector over these bins, "missing" included. */
export function numberBinCount(bins: NumberBins): number {
  return bins.edges.length + 2;
}

/** Position of one value in the count vector; NaN is the last position. O(log bins). */
export function numberBinIndex(bins: NumberBins, value: number): number {
  const edges = bins.edges;
  if (Number.isNaN(value)) return edges.length + 1;
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Rows (or weights) per bin: numberBinCount(bins) entries, the last one missing.
 * Throws RangeError when weights are given and differ in length.
 *
 * @example
 * countNumbers({ kind: 'number', edges: [2] }, Float64Array.of(1, 2, 9, NaN)); // [2, 1, 1]
 */
export function countNumbers(bins: NumberBins, values: NumberArray, weights?: NumberArray): Float64Array {
  if (weights !== undefined && weights.length !== values.length) {
    throw new RangeError(`${values.length} values but ${weights.length} weights`);
  }
  const counts = new Float64Array(numberBinCount(bins));
  for (let row = 0; row < values.length; row++) {
    const bin = numberBinIndex(bins, values[row] ?? Number.NaN);
    counts[bin] = (counts[bin] ?? 0) + (weights?.[row] ?? 1);
  }
  return counts;
}
