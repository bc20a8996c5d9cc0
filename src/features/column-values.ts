import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';

function missingColumn(name: string, kind: string, known: Iterable<string>): UserError {
  return new UserError('column-missing', `The rows have no ${kind} column "${name}"; they have: ${[...known].sort().join(', ')}.`, {
    hint: 'Make the dataset query select the column, or take it out of `features`.',
  });
}

/** @throws UserError `column-missing` */
export function numberColumn(table: Table, name: string): Float64Array {
  const values = table.numbers.get(name);
  if (!values) throw missingColumn(name, 'number', table.numbers.keys());
  return values;
}

/** @throws UserError `column-missing` */
export function stringColumn(table: Table, name: string): readonly string[] {
  const values = table.strings.get(name);
  if (!values) throw missingColumn(name, 'string', table.strings.keys());
  return values;
}

/** Larger numbers count as this one: no measurement comes near, and differences and products of two of them stay within float32. */
export const largestNumber = 1e30;

/** The number as the graph sees it: float32, within ±1e30; NaN for what counts as missing (NaN and ±∞). */
export function presentNumber(value: number): number {
  const seen = Math.fround(value);
  return Number.isFinite(seen) ? Math.max(-Math.fround(largestNumber), Math.min(Math.fround(largestNumber), seen)) : NaN;
}

const sortedColumns = new WeakMap<Float64Array, Float32Array>();

/** The values that are present, as the float32 numbers the graph will see, ascending. A column is sorted once: its median and its knots both ask. */
export function sortedPresent(values: Float64Array): Float32Array {
  const known = sortedColumns.get(values);
  if (known !== undefined) return known;
  const present = new Float32Array(values.length);
  let count = 0;
  for (const value of values) {
    const seen = presentNumber(value);
    if (Number.isNaN(seen)) continue;
    present[count] = seen;
    count += 1;
  }
  const sorted = present.subarray(0, count).sort();
  sortedColumns.set(values, sorted);
  return sorted;
}

/** Median of the values that are present; 0 if there are none. */
export function medianOfPresent(values: Float64Array): number {
  const sorted = sortedPresent(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
