import type { EncodedRows } from '../model/scorer.ts';

/** The rows of several requests as one input of the model; those of one request are not copied. */
export function joinedRows(requests: readonly { readonly rows: EncodedRows }[], count: number): EncodedRows {
  const [first] = requests;
  if (first && requests.length === 1) return first.rows;
  const width = first ? first.rows.numbers.length / first.rows.count : 0;
  const numbers = new Float32Array(count * width);
  const strings: string[] = [];
  let offset = 0;
  for (const { rows } of requests) {
    numbers.set(rows.numbers, offset);
    offset += rows.numbers.length;
    for (const text of rows.strings) strings.push(text);
  }
  return { count, numbers, strings };
}
