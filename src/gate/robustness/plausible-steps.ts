import type { Table } from '../../data/table.ts';
import type { PipelineDefinition } from '../../pipeline/schema/pipeline.ts';
import { quantileOfSorted } from '../../statistics/quantile.ts';

/** A measured column, how far its values spread, and where they must stay. */
export interface MeasuredColumn {
  readonly name: string;
  /** Half of what the middle 68 % of the rows span, which is the standard deviation where values are normal; the standard deviation where that is 0. */
  readonly spread: number;
  readonly range: readonly [number, number];
}

/** Number features that somebody measures: what is known from the schedule is a fact and cannot be a little wrong. Columns that never vary are left out. */
export function measuredColumns(definition: Pick<PipelineDefinition, 'columns'>, table: Table): MeasuredColumn[] {
  return Object.entries(definition.columns).flatMap(([name, column]) => {
    const values = table.numbers.get(name);
    if (column.type !== 'number' || column.role !== 'feature' || column.known === 'schedule' || values === undefined) return [];
    const spread = spreadOf(values);
    if (!(spread > 0)) return [];
    return [{ name, spread, range: column.range === undefined ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [column.range[0], column.range[1]] }];
  });
}

function spreadOf(values: Float64Array): number {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  if (present.length === 0) return 0;
  const middle = (quantileOfSorted(present, 0.84) - quantileOfSorted(present, 0.16)) / 2;
  if (middle > 0) return middle;
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  return Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length);
}
