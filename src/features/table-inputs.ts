import type { Table } from '../data/table.ts';
import type { GraphTensors } from '../ports/training-engine.ts';
import { numberColumn, stringColumn } from './column-values.ts';

export interface InputColumns {
  readonly numbers: readonly string[];
  readonly strings: readonly string[];
}

/** Rows from `start` to before `end` as the graph inputs `num` and `cat`. */
export function tableInputs(table: Table, columns: InputColumns, range: { readonly start: number; readonly end: number }): GraphTensors {
  const rows = range.end - range.start;
  const numbers = new Float32Array(rows * columns.numbers.length);
  columns.numbers.forEach((name, position) => {
    const values = numberColumn(table, name);
    for (let row = 0; row < rows; row++) numbers[row * columns.numbers.length + position] = values[range.start + row] ?? NaN;
  });
  const strings = new Array<string>(rows * columns.strings.length);
  columns.strings.forEach((name, position) => {
    const values = stringColumn(table, name);
    for (let row = 0; row < rows; row++) strings[row * columns.strings.length + position] = values[range.start + row] ?? '';
  });
  return {
    num: { type: 'float32', dims: [rows, columns.numbers.length], data: numbers },
    cat: { type: 'string', dims: [rows, columns.strings.length], data: strings },
  };
}

/** Bounds memory: a chunk of a hundred columns stays near ten megabytes. */
const rowsPerChunk = 8192;

export function* rowChunks(rows: number, size = rowsPerChunk): Generator<{ start: number; end: number }> {
  for (let start = 0; start < rows; start += size) yield { start, end: Math.min(rows, start + size) };
}
