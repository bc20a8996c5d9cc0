import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';

/** Turns rows as the answering model takes them into rows as the challenger does. */
export type ShadowColumns = (rows: EncodedRows, from: number, to: number) => EncodedRows;

function positions(wanted: readonly string[], given: readonly string[]): number[] {
  return wanted.map((column) => {
    const position = given.indexOf(column);
    if (position < 0) throw new Error(`it takes the column ${JSON.stringify(column)}, which requests to this service do not carry as ${given.length === 0 ? 'such' : 'one of the same type'}`);
    return position;
  });
}

/** @throws Error where the challenger takes a column that requests do not carry */
export function shadowColumns(shadow: ModelDescription, live: ModelDescription): ShadowColumns {
  const numbersAt = positions(shadow.numbers, live.numbers);
  const stringsAt = positions(shadow.strings, live.strings);
  return (rows, from, to) => {
    const count = to - from;
    const numbers = new Float32Array(count * numbersAt.length);
    const strings: string[] = [];
    let next = 0;
    for (let row = from; row < to; row += 1) {
      for (const position of numbersAt) numbers[next++] = rows.numbers[row * live.numbers.length + position] ?? Number.NaN;
      for (const position of stringsAt) strings.push(rows.strings[row * live.strings.length + position] ?? '');
    }
    return { count, numbers, strings };
  };
}
