import type { Table } from './table.ts';

/** The rows at the given positions, in that order; all columns, or those named. */
export function takeRows(table: Table, positions: readonly number[], columns?: readonly string[]): Table {
  const wanted = (name: string): boolean => columns === undefined || columns.includes(name);
  return {
    rows: positions.length,
    numbers: new Map([...table.numbers].filter(([name]) => wanted(name)).map(([name, values]) => [name, takeNumbers(values, positions)])),
    strings: new Map([...table.strings].filter(([name]) => wanted(name)).map(([name, values]) => [name, positions.map((row) => values[row] ?? '')])),
  };
}

function takeNumbers(values: Float64Array, positions: readonly number[]): Float64Array {
  const taken = new Float64Array(positions.length);
  for (let index = 0; index < positions.length; index += 1) taken[index] = values[positions[index] ?? -1] ?? Number.NaN;
  return taken;
}
