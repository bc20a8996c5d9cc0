import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';
import { allowedKey, allowedMoment, fitsKey, refusedValue } from '../predict/column-values.ts';
import { eventDay } from '../predict/event-day.ts';
import type { Row } from '../predict/row-encoder.ts';
import { RequestError } from '../request-error.ts';
import type { TensorsByName } from './encode-tensors.ts';
import { numericElements, textElements } from './tensor-elements.ts';

/** The columns that name a row, as far as the request has them; one that it lacks is undefined. */
export interface RowLabels {
  readonly columns: readonly string[];
  readonly values: readonly (ArrayLike<unknown> | undefined)[];
}

function labelValues(byName: TensorsByName, column: string, context: { readonly rows: number; readonly isMoment: boolean }): ArrayLike<unknown> | undefined {
  const tensor = byName.get(column);
  if (!tensor) return undefined;
  // Before its elements are made: there may be a hundred times as many as rows.
  const [rows = 0, width = 1] = tensor.shape;
  if (rows !== context.rows || width !== 1) throw new RequestError('tensor-invalid', `Tensor "${column}" has shape [${tensor.shape.join(', ')}]; it must be [${context.rows}, 1], as the others have ${context.rows} rows.`, { column });
  const values = tensor.datatype === 'BYTES' ? textElements(tensor) : numericElements(tensor);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (context.isMoment) {
      if (typeof value !== 'string' || eventDay(value) === undefined) throw refusedValue(value ?? null, { row, column }, allowedMoment);
    } else if (!fitsKey(value)) throw refusedValue(value ?? null, { row, column }, allowedKey);
  }
  return values;
}

/**
 * Checked whether they are logged or not, so that a request is answered alike by a service with a prediction log and by one without.
 * @throws RequestError where a key or the event time is malformed.
 */
export function readRowLabels(byName: TensorsByName, rows: number, { key, eventTime }: ModelDescription): RowLabels {
  const columns = [...new Set([...key, ...(eventTime === undefined ? [] : [eventTime])])];
  return { columns, values: columns.map((column) => labelValues(byName, column, { rows, isMoment: column === eventTime })) };
}

/**
 * The rows with their names, for the prediction log; undefined where the request does not say every key column and the event time, which are no input
 * of the model: without them a row can neither be joined to its label nor put under a day.
 */
export function namedRows(labels: RowLabels, encoded: EncodedRows, { eventTime, numbers, strings }: ModelDescription): readonly Row[] | undefined {
  const { columns, values } = labels;
  if (eventTime === undefined || values.includes(undefined)) return undefined;
  return Array.from({ length: encoded.count }, (_, row) => {
    const named: Record<string, string | number | null> = {};
    for (const [position, column] of columns.entries()) named[column] = values[position]?.[row] as string | number;
    for (const [position, column] of numbers.entries()) {
      const value = encoded.numbers[row * numbers.length + position] ?? Number.NaN;
      named[column] = Number.isNaN(value) ? null : value;
    }
    for (const [position, column] of strings.entries()) {
      const text = encoded.strings[row * strings.length + position];
      named[column] = text === undefined || text === '' ? null : text;
    }
    return named;
  });
}
