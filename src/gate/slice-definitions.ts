import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { GateSection } from '../pipeline/schema/gate.ts';
import { formatNumber } from '../report/format-number.ts';
import type { SliceComparison } from './slice-comparison.ts';
import type { SliceDefinition } from './slices.ts';

/** Reads the slices that the pipeline names from the rows; numbers need edges, e.g. [6, 12, 18] for hour bands, timestamps `by: month`. @throws UserError column-missing */
export function sliceDefinitions(slices: GateSection['slices'], table: Table): SliceDefinition[] {
  return slices.map(({ column, edges, by }) => {
    const strings = table.strings.get(column);
    if (strings !== undefined) return { column, values: strings };
    const numbers = table.numbers.get(column);
    if (numbers === undefined) {
      throw new UserError('column-missing', `gate.slices names ${column}, which the test rows do not have`, { hint: 'Name a column of the dataset.' });
    }
    return { column, values: Array.from(numbers, (value) => (by === 'month' ? month(value) : band(value, edges ?? []))) };
  });
}

function band(value: number, edges: readonly number[]): string {
  if (Number.isNaN(value)) return '';
  const above = edges.findIndex((edge) => value < edge);
  const [first, last] = [edges[0], edges.at(-1)];
  if (first === undefined || last === undefined) return formatNumber(value);
  if (above === 0) return `< ${formatNumber(first)}`;
  if (above === -1) return `≥ ${formatNumber(last)}`;
  return `${formatNumber(edges[above - 1])}–${formatNumber(edges[above])}`;
}

/** Calendar month of a timestamp in UTC, e.g. "2013-12". */
function month(timestamp: number): string {
  return Number.isNaN(timestamp) ? '' : new Date(timestamp).toISOString().slice(0, 7);
}

/** How slices are compared; without `slice-checks` they are only told, and too few rows still say nothing. */
export function sliceComparison({ 'slice-checks': checks }: Pick<GateSection, 'slice-checks'>): SliceComparison {
  return {
    margins: Object.fromEntries((checks?.metrics ?? []).map(({ metric, margin }) => [metric, margin])),
    minimumRows: checks?.['minimum-rows'] ?? 200,
    minimumPositives: checks?.['minimum-positives'] ?? 50,
    falseDiscoveryRate: checks?.['false-discovery-rate'] ?? 0.05,
  };
}
