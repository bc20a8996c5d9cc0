import type { Check } from '../verdict/verdict.ts';

/** Rows that show why a check says what it says, as text: each row has an entry for each column. */
export interface ExampleRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const maximumRows = 5;
const maximumColumns = 12;
const maximumCharacters = 80;

/** `details.examples` of a check, cut for people; undefined where it has none. Values are written as they are: nothing is escaped here. */
export function exampleRows(check: Check, limit: number = maximumRows): ExampleRows | undefined {
  const examples: unknown = check.details?.['examples'];
  if (!Array.isArray(examples)) return undefined;
  const found = (examples as readonly unknown[]).filter(isRow).slice(0, Math.min(limit, maximumRows));
  const columns = [...new Set(found.flatMap((row) => Object.keys(row)))].slice(0, maximumColumns);
  if (columns.length === 0) return undefined;
  return { columns: columns.map((name) => cutText(name)), rows: found.map((row) => columns.map((name) => cutText(textOf(Object.hasOwn(row, name) ? row[name] : undefined)))) };
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join('; ') : JSON.stringify(value);
}

/** At most so many UTF-16 units (80 unless told), an ellipsis included; never half a character. */
export function cutText(text: string, limit: number = maximumCharacters): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
