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

const sortedColumns = new WeakMap<Float64Array, Float32Array>();

/** The values that are present, as the float32 numbers the graph will see, ascending. A column is sorted once: its median and its knots both ask. */
export function sortedPresent(values: Float64Array): Float32Array {
  const known = sortedColumns.get(values);
  if (known !== undefined) return known;
  const present = new Float32Array(values.length);
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    present[count] = value;
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
