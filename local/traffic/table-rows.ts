import type { Table } from '../../src/data/table.ts';
import { UserError } from '../../src/errors.ts';

/** A row as the service takes it: the body of a request holds these. */
export type RequestRow = Readonly<Record<string, string | number | null>>;

export interface RequestColumns {
  /** Columns to send, in order; usually what the service's /health lists. */
  readonly columns: readonly string[];
  /** Those of `columns` that are moments: milliseconds in the table, ISO 8601 in the request. */
  readonly timestamps: readonly string[];
}

/** One column's reader: position in the table to value in JSON. */
function columnReader(table: Table, column: string, isTimestamp: boolean): (row: number) => string | number | null {
  const numbers = table.numbers.get(column);
  if (numbers) {
    return (row) => {
      const value = numbers[row] ?? Number.NaN;
      if (Number.isNaN(value)) return null;
      return isTimestamp ? new Date(value).toISOString() : value;
    };
  }
  const strings = table.strings.get(column);
  if (strings) return (row) => (strings[row] === '' ? null : (strings[row] ?? null));
  throw new UserError('input-invalid', `The table has no column "${column}" to send; it has ${[...table.numbers.keys(), ...table.strings.keys()].sort().join(', ')}.`, {
    hint: 'Send the data set that the model was trained on, or a model of this data set.',
  });
}

/**
 * Rows of a table as the service takes them: missing numbers and strings become null, moments ISO 8601 in UTC.
 * @throws UserError input-invalid naming a column that the table lacks.
 */
export function requestRows(table: Table, { columns, timestamps }: RequestColumns): RequestRow[] {
  const readers = columns.map((column) => [column, columnReader(table, column, timestamps.includes(column))] as const);
  return Array.from({ length: table.rows }, (_, row) => Object.fromEntries(readers.map(([column, read]) => [column, read(row)])));
}
