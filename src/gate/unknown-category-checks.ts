import type { Table } from '../data/table.ts';
import { readModelDescription } from '../delaynet/model-description.ts';
import { countUnknownCategories } from '../features/unknown-categories.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';

/** How many test rows have a category that the model answers as "other", by column. Told, never decided by; models of an earlier release do not say what they know. */
export function unknownCategoryChecks(model: Uint8Array, table: Table): Check[] {
  return countUnknownCategories(readModelDescription(model).categories ?? {}, table).map(({ column, rows, unknown, rare, categories }) => ({
    id: `unknown-categories.${column}`,
    title: `Test rows whose ${column} the model does not know`,
    value: unknown,
    sampleSize: rows,
    severity: 'info',
    verdict: 'pass',
    message: `${unknown === 0 ? 'none' : categories.map(({ category, rows: count }) => `${category} (${formatCount(count)})`).join(', ')}; ${formatCount(rare)} rows of one it saw too seldom to tell from others`,
  }));
}
