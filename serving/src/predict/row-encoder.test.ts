import { expect, test } from 'vitest';
import { tinyRow } from '../../test-fixtures/tiny-service.ts';
import { RequestError } from '../request-error.ts';
import { RowEncoder } from './row-encoder.ts';

const encoder = new RowEncoder({
  numbers: ['departure_delay', 'distance'], strings: ['carrier', 'origin'], key: ['flight_id', 'scheduled_departure'], eventTime: 'scheduled_departure', threshold: 0.5, pipeline: undefined,
});

function refusal(rows: readonly unknown[]): Partial<RequestError> {
  try {
    encoder.encode(rows);
  } catch (error) {
    if (error instanceof RequestError) return { code: error.code, place: error.place };
    throw error;
  }
  return {};
}

test('rows become the model\'s input in its column order, whatever theirs', () => {
  const reversed = Object.fromEntries(Object.entries(tinyRow).reverse());
  const { count, numbers, strings, rows } = encoder.encode([tinyRow, reversed]);
  expect(count).toBe(2);
  expect([...numbers]).toEqual([20, 2475, 20, 2475]);
  expect(strings).toEqual(['AA', 'JFK', 'AA', 'JFK']);
  expect(rows).toEqual([tinyRow, tinyRow]);
});

test('null is a missing value', () => {
  const { numbers, strings } = encoder.encode([{ ...tinyRow, distance: null, origin: null }]);
  expect([...numbers]).toEqual([20, Number.NaN]);
  expect(strings).toEqual(['AA', '']);
});

test.for<[string, object, string, string]>([
  ['a text for a number', { distance: '2475' }, 'value-invalid', 'distance'],
  ['NaN as a text', { distance: 'NaN' }, 'value-invalid', 'distance'],
  ['a number too large for the model', { distance: 1e39 }, 'value-invalid', 'distance'],
  ['an infinite number', { distance: Number.POSITIVE_INFINITY }, 'value-invalid', 'distance'],
  ['true for a number', { distance: true }, 'value-invalid', 'distance'],
  ['an object for a number', { distance: { valueOf: 1 } }, 'value-invalid', 'distance'],
  ['a list for a number', { distance: [1] }, 'value-invalid', 'distance'],
  ['a number for a text', { carrier: 1 }, 'value-invalid', 'carrier'],
  ['an endless text', { carrier: 'A'.repeat(1000) }, 'value-invalid', 'carrier'],
  ['an absent number', { distance: undefined }, 'column-missing', 'distance'],
  ['an absent text', { carrier: undefined }, 'column-missing', 'carrier'],
  ['an absent key', { flight_id: undefined }, 'column-missing', 'flight_id'],
  ['an empty key', { flight_id: '' }, 'value-invalid', 'flight_id'],
  ['no key', { flight_id: null }, 'value-invalid', 'flight_id'],
  ['a moment without its offset', { scheduled_departure: '2013-05-01T10:00:00' }, 'value-invalid', 'scheduled_departure'],
  ['a day that does not exist', { scheduled_departure: '2013-13-01T10:00:00Z' }, 'value-invalid', 'scheduled_departure'],
  ['a path for a moment', { scheduled_departure: '../../etc' }, 'value-invalid', 'scheduled_departure'],
  ['an unknown column', { delayed: 1 }, 'column-unknown', 'delayed'],
  ['a column of every object', { constructor: 1 }, 'column-unknown', 'constructor'],
])('%s is refused by row and column', ([, change, code, column]) => {
  expect(refusal([tinyRow, { ...tinyRow, ...change }])).toEqual({ code, place: { row: 1, column } });
});

test.each([[null], ['text'], [1], [[tinyRow]]])('%j is no row', (row) => {
  expect(refusal([row])).toEqual({ code: 'row-invalid', place: { row: 0 } });
});
