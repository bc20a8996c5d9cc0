import type { Table } from '../../data/table.ts';
import { createRandom } from '../../statistics/random.ts';
import type { MeasuredColumn } from './plausible-steps.ts';

/** The rows with these columns missing. */
export function withoutColumns(table: Table, columns: readonly string[]): Table {
  const numbers = new Map(table.numbers);
  const strings = new Map(table.strings);
  for (const name of columns) {
    if (numbers.has(name)) numbers.set(name, new Float64Array(table.rows).fill(Number.NaN));
    if (strings.has(name)) strings.set(name, new Array<string>(table.rows).fill(''));
  }
  return { ...table, numbers, strings };
}

/** A category that no model has seen: lower case, so that no code of an airline or airport is ever meant. */
export const unseenCategory = 'unseen-category';

export function withUnseenCategory(table: Table, column: string): Table {
  return { ...table, strings: new Map(table.strings).set(column, new Array<string>(table.rows).fill(unseenCategory)) };
}

/** Normal noise on every measured column, each with its own stream of the seed, so that one column more changes no other; values stay in their column's range. */
export function withNoise(table: Table, columns: readonly MeasuredColumn[], { scale, seed }: { readonly scale: number; readonly seed: string }): Table {
  const numbers = new Map(table.numbers);
  for (const { name, spread, range } of columns) {
    const random = createRandom(seed).fork(`noise/${name}`);
    const values = table.numbers.get(name);
    if (values === undefined) continue;
    numbers.set(
      name,
      values.map((value) => {
        const noisy = value + scale * spread * random.normal();
        return Math.min(Math.max(noisy, Math.min(value, range[0])), Math.max(value, range[1]));
      }),
    );
  }
  return { ...table, numbers };
}
