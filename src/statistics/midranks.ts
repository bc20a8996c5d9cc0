import type { NumberArray } from './quantile.ts';

/** Row numbers in ascending order of the values, equal values in row order. Throws RangeError for NaN. */
export function ascendingOrder(values: NumberArray): Int32Array {
  const order = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) throw new RangeError(`value of row ${row} is NaN`);
    order[row] = row;
  }
  return order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
}

/**
 * Ranks from 1, equal values sharing the mean of theirs. Throws RangeError for NaN. O(n log n).
 *
 * @example
 * midranks(Float64Array.of(5, 1, 5)); // [2.5, 1, 2.5]
 */
export function midranks(values: NumberArray): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    const value = values[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let place = start; place < end; place++) ranks[order[place] ?? 0] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}
