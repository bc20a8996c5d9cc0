import type { Table } from './table.ts';

/** The rows at the given positions, in that order. */
export function takeRows(table: Table, positions: readonly number[]): Table {
  return {
    rows: positions.length,
    numbers: new Map([...table.numbers].map(([name, values]) => [name, Float64Array.from(positions, (row) => values[row] ?? Number.NaN)])),
    strings: new Map([...table.strings].map(([name, values]) => [name, positions.map((row) => values[row] ?? '')])),
  };
}
