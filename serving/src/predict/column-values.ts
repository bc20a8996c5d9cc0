import { RequestError } from '../request-error.ts';

export const maximumTextLength = 256;
const largestFloat = 3.4028234663852886e38;

export interface ColumnPlace {
  readonly column: string;
  readonly row: number;
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'number' && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Whether a float holds the number; NaN, which stands for a missing value in binary tensors, it does. */
export const fitsFloat = (value: number): boolean => !(Math.abs(value) > largestFloat);

/** Whether a column of the model may have the text. Half a surrogate pair is no text: readers of the prediction log would refuse the whole file. */
export const fitsText = (value: unknown): value is string => typeof value === 'string' && value.length <= maximumTextLength && value.isWellFormed();

/** Whether a key column may have the value: what a number cannot hold exactly (an integer from 2^53 on) would name another row. */
export const fitsKey = (value: unknown): value is string | number =>
  typeof value === 'string' ? value !== '' && fitsText(value) : Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));

export const allowedKey = `a text of 1 to ${maximumTextLength} characters or a number below 2^53 (larger ones as text)`;
export const allowedMoment = 'an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z';
export const allowedNumber = 'a finite number or null';
export const allowedText = `a text (Unicode) of at most ${maximumTextLength} characters or null`;

/** A value that a column may not have, or that is not there. */
export function refusedValue(value: unknown, place: ColumnPlace, allowed: string): RequestError {
  const { column, row } = place;
  if (value === undefined) return new RequestError('column-missing', `Row ${row} lacks column "${column}"; it must be ${allowed}.`, place);
  return new RequestError('value-invalid', `Row ${row}, column "${column}" is ${shown(value)}; it must be ${allowed}.`, place);
}
