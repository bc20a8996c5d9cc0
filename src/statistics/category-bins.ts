import type { NumberArray } from './quantile.ts';

/**
 * Bins of a string: one per category, then "other" (anything else), then "missing" ('').
 * A count vector has categories.length + 2 entries. Plain JSON: stored with the model at training time.
 */
export interface CategoryBins {
  readonly kind: 'category';
  /** Distinct, never ''. Most frequent first, equals in code-unit order. */
  readonly categories: readonly string[];
}

/**
 * The most frequent categories of the reference.
 *
 * @param values reference values; '' is missing
 * @param limit most categories kept, default 30; RangeError unless a whole number ≥ 1
 *
 * @example
 * categoryBins(['UA', 'DL', 'UA', '']); // { kind: 'category', categories: ['UA', 'DL'] }
 */
export function categoryBins(values: readonly string[], limit = 30): CategoryBins {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit must be a whole number ≥ 1, got ${limit}`);
  const counts = new Map<string, number>();
  for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  const ordered = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return { kind: 'category', categories: ordered.slice(0, limit).map(([category]) => category) };
}

/** Entries in a count vector over these bins, "other" and "missing" included. */
export function categoryBinCount(bins: CategoryBins): number {
  return bins.categories.length + 2;
}

/** A function from a value to its position in the count vector; built once, O(1) a call. */
export function categoryBinIndexer(bins: CategoryBins): (value: string) => number {
  const positions = new Map(bins.categories.map((category, position) => [category, position]));
  const other = bins.categories.length;
  return (value) => (value === '' ? other + 1 : (positions.get(value) ?? other));
}

/**
 * Rows (or weights) per bin: categoryBinCount(bins) entries, the last two other and missing.
 * Throws RangeError when weights are given and differ in length.
 *
 * @example
 * countStrings({ kind: 'category', categories: ['UA'] }, ['UA', 'AS', '']); // [1, 1, 1]
 */
export function countStrings(bins: CategoryBins, values: readonly string[], weights?: NumberArray): Float64Array {
  if (weights !== undefined && weights.length !== values.length) {
    throw new RangeError(`${values.length} values but ${weights.length} weights`);
  }
  const binOf = categoryBinIndexer(bins);
  const counts = new Float64Array(categoryBinCount(bins));
  for (let row = 0; row < values.length; row++) {
    const bin = binOf(values[row] ?? '');
    counts[bin] = (counts[bin] ?? 0) + (weights?.[row] ?? 1);
  }
  return counts;
}
