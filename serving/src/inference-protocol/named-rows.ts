import type { ModelDescription } from '../model/model-description.ts';
import type { EncodedRows } from '../model/scorer.ts';
import { refusedValue } from '../predict/column-values.ts';
import { eventDay } from '../predict/event-day.ts';
import type { Row } from '../predict/row-encoder.ts';
import { RequestError } from '../request-error.ts';
import type { TensorsByName } from './encode-tensors.ts';
import { numericElements, textElements } from './tensor-elements.ts';

/** @throws RequestError where a key or the event time is malformed. */
function labelValues(byName: TensorsByName, column: string, context: { readonly rows: number; readonly isMoment: boolean }): ArrayLike<unknown> | undefined {
  const tensor = byName.get(column);
  if (!tensor) return undefined;
  const values = tensor.datatype === 'BYTES' ? textElements(tensor) : numericElements(tensor);
  if (values.length !== context.rows) throw new RequestError('tensor-invalid', `Tensor "${column}" has ${values.length} rows, the others have ${context.rows}.`, { column });
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (context.isMoment) {
      if (typeof value !== 'string' || eventDay(value) === undefined) throw refusedValue(value ?? null, { row, column }, 'an ISO 8601 moment with its offset, such as 2013-05-01T10:15:00Z');
    } else if (!(typeof value === 'string' && value !== '' && value.length <= 256) && !Number.isFinite(value)) throw refusedValue(value ?? null, { row, column }, 'a text of 1 to 256 characters or a number');
  }
  return values;
}

/**
 * The rows with their names, for the prediction log; undefined where the request does not say every key column and the event time, which are no input
 * of the model: without them a row can neither be joined to its label nor put under a day.
 * @throws RequestError where a key or the event time is malformed.
 */
export function namedRows(byName: TensorsByName, encoded: EncodedRows, description: ModelDescription): readonly Row[] | undefined {
  const { key, eventTime, numbers, strings } = description;
  const labels = [...new Set([...key, ...(eventTime === undefined ? [] : [eventTime])])];
  const values = labels.map((column) => labelValues(byName, column, { rows: encoded.count, isMoment: column === eventTime }));
  if (eventTime === undefined || values.includes(undefined)) return undefined;
  return Array.from({ length: encoded.count }, (_, row) => {
    const named: Record<string, string | number | null> = {};
    for (const [position, column] of labels.entries()) named[column] = values[position]?.[row] as string | number;
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
