import { assertNever } from '../errors.ts';
import type { Bins } from './bin-labels.ts';
import { categoryBinCount, categoryBinIndexer } from './category-bins.ts';
import type { DayIndex } from './day-index.ts';
import { numberBinCount, numberBinIndex } from './quantile-bins.ts';
import type { NumberArray } from './quantile.ts';

/** Count vectors of each day: `counts[day * binCount + bin]`. */
export interface CountsByDay {
  readonly dayCount: number;
  readonly binCount: number;
  readonly counts: Float64Array;
}

/**
 * Counts per day and bin of a column.
 * Throws RangeError when the column and the days differ in length or the column does not fit the bins' kind.
 *
 * @example
 * countByDay({ kind: 'number', edges: [2] }, Float64Array.of(1, 9), dayIndex(Int32Array.of(0, 1))).counts; // [1, 0, 0, 0, 1, 0]
 */
export function countByDay(bins: Bins, values: NumberArray | readonly string[], days: DayIndex): CountsByDay {
  if (values.length !== days.index.length) throw new RangeError(`${values.length} values but ${days.index.length} days`);
  const binOfRow = rowBinner(bins, values);
  const binCount = bins.kind === 'number' ? numberBinCount(bins) : categoryBinCount(bins);
  const counts = new Float64Array(days.dayCount * binCount);
  for (let row = 0; row < values.length; row++) {
    const cell = (days.index[row] ?? 0) * binCount + binOfRow(row);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return { dayCount: days.dayCount, binCount, counts };
}

function rowBinner(bins: Bins, values: NumberArray | readonly string[]): (row: number) => number {
  switch (bins.kind) {
    case 'number': {
      if (!ArrayBuffer.isView(values)) throw new RangeError('number bins need a column of numbers');
      return (row) => numberBinIndex(bins, values[row] ?? Number.NaN);
    }
    case 'category': {
      if (ArrayBuffer.isView(values)) throw new RangeError('category bins need a column of strings');
      const binOf = categoryBinIndexer(bins);
      return (row) => binOf(values[row] ?? '');
    }
    default:
      return assertNever(bins);
  }
}
