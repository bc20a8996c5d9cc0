import { UserError } from '../../errors.ts';

/**
 * A value of Trino's JSON answer: integers and decimals as numbers where a number holds every digit, else as text;
 * moments written without trailing zeros of the fraction, as DuckDB writes them.
 * @throws UserError warehouse-query-failed where the client library has already rounded an integer
 */
export function trinoValue(value: unknown, { name, type }: { readonly name: string; readonly type: string }): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'bigint' && typeof value === 'number' && !Number.isSafeInteger(value)) {
    // Parsed from JSON as a double: the last digits are lost, and a wrong number is worse than none.
    throw new UserError('warehouse-query-failed', `Column ${name} of a result has an integer beyond ±(2^53 − 1), which would be rounded`, { hint: 'Cast it to VARCHAR or DOUBLE in the query.' });
  }
  if (typeof value !== 'string') return value;
  if (type.startsWith('decimal')) return exactNumber(value);
  if (type.startsWith('timestamp')) return value.replace(/\.0+(?=$| )|(\.\d*?[1-9])0+(?=$| )/, '$1');
  return value;
}

/** A double holds any 15 digits. */
function exactNumber(text: string): number | string {
  return text.replace(/^[-+]?[0.]*|\./g, '').length <= 15 ? Number(text) : text;
}
