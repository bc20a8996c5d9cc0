import type { ModelDescription } from '../model/model-description.ts';
import { maximumTextLength } from '../predict/column-values.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const exampleMoment = '2013-06-03T10:15:00-04:00';

/** Columns that name a row: the key and the event time, each once. */
export const labelColumns = ({ key, eventTime }: ModelDescription): readonly string[] => [...new Set([...key, ...(eventTime === undefined ? [] : [eventTime])])];

/** JSON Schema (2020-12) of one row as `/predict` takes it. */
export function rowSchema(description: ModelDescription): JsonSchema {
  const { key, eventTime, numbers, strings } = description;
  const labels = labelColumns(description);
  const describe = (column: string): string => [...(key.includes(column) ? ['Key: repeated in the answer.'] : []), ...(column === eventTime ? ['Event time, with its offset; decides the day of the prediction log.'] : [])].join(' ');
  const label = (column: string): JsonSchema => ({ ...(column === eventTime ? { type: 'string', format: 'date-time' } : { type: ['string', 'number'], minLength: 1, maxLength: maximumTextLength }), description: describe(column) });
  return {
    type: 'object',
    additionalProperties: false,
    required: [...new Set([...labels, ...numbers, ...strings])],
    properties: Object.fromEntries([
      // A model may read a column that names the row too: what is stricter holds, and that is the label.
      ...numbers.map((column) => [column, { type: ['number', 'null'], description: 'Number of the model; null is a missing value.' }]),
      ...strings.map((column) => [column, { type: ['string', 'null'], maxLength: maximumTextLength, description: 'Category of the model; null is a missing value.' }]),
      ...labels.map((column) => [column, label(column)]),
    ]),
  };
}

/** A row that the service answers. */
export function exampleRow(description: ModelDescription): Readonly<Record<string, string | number>> {
  const { eventTime, numbers, strings } = description;
  return Object.fromEntries([
    ...labelColumns(description).map((column) => [column, column === eventTime ? exampleMoment : 'example']),
    ...numbers.map((column) => [column, 0]),
    ...strings.map((column) => [column, 'example']),
  ]) as Record<string, string | number>;
}
