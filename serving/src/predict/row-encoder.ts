import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';
import { RequestError } from '../request-error.ts';
import { allowedKey, allowedMoment, allowedNumber, allowedText, fitsFloat, fitsKey, fitsText, refusedValue, shown } from './column-values.ts';
import { eventDay } from './event-day.ts';

/** A row that passed every check. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface CheckedRows extends EncodedRows {
  readonly rows: readonly Row[];
}

/**
 * Turns rows as sent into the model's input, checking every column on the way. Written by hand for the model's columns:
 * a schema validator would read each row a second time, and its messages would not name row and column alike.
 */
export class RowEncoder {
  readonly #description: ModelDescription;
  readonly #expected: ReadonlySet<string>;
  /** Columns that must be there and are not input to the model. */
  readonly #labels: readonly string[];

  constructor(description: ModelDescription) {
    this.#description = description;
    const labels = [...description.key, ...(description.eventTime === undefined ? [] : [description.eventTime])];
    this.#labels = [...new Set(labels)];
    this.#expected = new Set([...labels, ...description.numbers, ...description.strings]);
  }

  /** Every column a row must have, keys first. */
  get columns(): readonly string[] {
    return [...this.#expected];
  }

  /**
   * @throws RequestError naming row (from 0) and column: a row that is no object, a column that is missing or unknown, a value
   * of another type. `null` is a missing value.
   */
  encode(rows: readonly unknown[]): CheckedRows {
    const { numbers, strings } = this.#description;
    const encodedNumbers = new Float32Array(rows.length * numbers.length);
    const encodedStrings = new Array<string>(rows.length * strings.length);
    const checked: Row[] = [];
    let nextNumber = 0;
    let nextString = 0;
    for (const [index, candidate] of rows.entries()) {
      if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) {
        throw new RequestError('row-invalid', `Row ${index} is ${shown(candidate)}; a row is an object of columns.`, { row: index });
      }
      const row = candidate as Record<string, unknown>;
      this.#checkLabels(row, index);
      for (const column of numbers) {
        encodedNumbers[nextNumber] = this.#number(row[column], column, index);
        nextNumber += 1;
      }
      for (const column of strings) {
        encodedStrings[nextString] = this.#string(row[column], column, index);
        nextString += 1;
      }
      // Every expected column is there by now, so one more key is an unknown one.
      if (Object.keys(row).length !== this.#expected.size) this.#refuseUnknown(row, index);
      checked.push(row as Row);
    }
    return { count: rows.length, numbers: encodedNumbers, strings: encodedStrings, rows: checked };
  }

  #number(value: unknown, column: string, row: number): number {
    if (typeof value === 'number' && fitsFloat(value)) return value;
    if (value === null) return Number.NaN;
    throw refusedValue(value, { column, row }, allowedNumber);
  }

  #string(value: unknown, column: string, row: number): string {
    if (fitsText(value)) return value;
    if (value === null) return '';
    throw refusedValue(value, { column, row }, allowedText);
  }

  #checkLabels(row: Record<string, unknown>, index: number): void {
    for (const column of this.#labels) {
      const value = row[column];
      if (column === this.#description.eventTime) {
        if (typeof value !== 'string' || eventDay(value) === undefined) throw refusedValue(value, { column, row: index }, allowedMoment);
      } else if (!fitsKey(value)) throw refusedValue(value, { column, row: index }, allowedKey);
    }
  }

  #refuseUnknown(row: Record<string, unknown>, index: number): void {
    for (const key of Object.keys(row)) {
      if (this.#expected.has(key)) continue;
      const column = key.length > 80 ? `${key.slice(0, 80)}…` : key;
      throw new RequestError('column-unknown', `Row ${index} has column "${column}", which this model does not take; remove it.`, { row: index, column });
    }
  }
}
