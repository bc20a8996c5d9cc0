import type { Table } from '../data/table.ts';
import { stringColumn } from './column-values.ts';
import type { SeenCategories } from './seen-categories.ts';

export interface UnknownCategories {
  readonly column: string;
  /** Rows looked at. */
  readonly rows: number;
  /** Rows of categories that training never saw, answered as "other". */
  readonly unknown: number;
  /** Rows of categories that training saw too seldom for an encoding of their own somewhere. */
  readonly rare: number;
  /** Rows without a category. */
  readonly missing: number;
  /** The unknown categories, most rows first, at most `mostListed`. */
  readonly categories: readonly { readonly category: string; readonly rows: number }[];
}

const mostListed = 10;

/**
 * Counts, by column, the rows whose category the model does not know.
 * @throws UserError `column-missing`
 * @example
 * countUnknownCategories(readModelDescription(model).categories ?? {}, table)
 */
export function countUnknownCategories(seen: SeenCategories, table: Table): UnknownCategories[] {
  return Object.entries(seen).map(([column, { known, rare }]) => {
    const [knownOnes, rareOnes] = [new Set(known), new Set(rare)];
    const counts = { unknown: 0, rare: 0, missing: 0 };
    const strangers = new Map<string, number>();
    for (const category of stringColumn(table, column)) {
      if (knownOnes.has(category)) continue;
      const kind = category === '' ? 'missing' : rareOnes.has(category) ? 'rare' : 'unknown';
      counts[kind] += 1;
      if (kind === 'unknown') strangers.set(category, (strangers.get(category) ?? 0) + 1);
    }
    const categories = [...strangers].map(([category, rows]) => ({ category, rows })).sort((left, right) => right.rows - left.rows || (left.category < right.category ? -1 : 1));
    return { column, rows: table.rows, ...counts, categories: categories.slice(0, mostListed) };
  });
}
