import type { Table } from '../../src/data/table.ts';
import { createRandom } from '../../src/statistics/random.ts';

export interface SpoiltRows {
  readonly table: Table;
  /** Values that were taken away, and categories that no training has seen. */
  readonly gaps: number;
  readonly strangers: number;
}

/** Seldom values of every kind that JSON can say: nothing but numbers of the kind that flights have would prove little. */
const oddNumbers = [0, -0, 1e-40, 1e30, -1e30, 0.1, 16_777_217, -1];
const oddCategories = ['ZZ', 'zz', 'Ünbekannt', ' AA', 'AA ', '<b>', '𝔸', 'null', '0', '__proto__', 'x'.repeat(256)];

/** Real rows, a tenth of them with gaps, strange categories and odd numbers; a row in a hundred has nothing at all. Seeded. */
export function spoilRows(table: Table, columns: { readonly numbers: readonly string[]; readonly strings: readonly string[] }): SpoiltRows {
  const random = createRandom('bench/same-answers');
  const numbers = new Map([...table.numbers].map(([name, values]) => [name, values.slice()]));
  const strings = new Map([...table.strings].map(([name, values]) => [name, [...values]]));
  let gaps = 0;
  let strangers = 0;
  for (let row = 0; row < table.rows; row += 1) {
    const kind = random.next();
    const share = kind < 0.01 ? 1 : kind < 0.1 ? 0.2 : 0;
    if (share === 0) continue;
    for (const name of columns.numbers) {
      if (random.next() >= share) continue;
      const odd = share < 1 && random.next() < 0.3;
      numbers.get(name)?.fill(odd ? (oddNumbers[random.integer(oddNumbers.length)] ?? NaN) : NaN, row, row + 1);
      if (!odd) gaps += 1;
    }
    for (const name of columns.strings) {
      if (random.next() >= share) continue;
      const odd = share < 1 && random.next() < 0.5;
      strings.get(name)?.fill(odd ? (oddCategories[random.integer(oddCategories.length)] ?? '') : '', row, row + 1);
      if (odd) strangers += 1;
      else gaps += 1;
    }
  }
  return { table: { rows: table.rows, numbers, strings }, gaps, strangers };
}
