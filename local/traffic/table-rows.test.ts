import { expect, test } from 'vitest';
import type { Table } from '../../src/data/table.ts';
import { requestRows } from './table-rows.ts';

const table: Table = {
  rows: 2,
  numbers: new Map([['distance', Float64Array.of(1400, Number.NaN)], ['scheduled_departure', Float64Array.of(Date.UTC(2013, 4, 1, 10, 15), Date.UTC(2013, 4, 2))]]),
  strings: new Map([['flight_id', ['UA1', 'UA2']], ['carrier', ['', 'UA']]]),
};

test('missing values become null and moments ISO 8601', () => {
  expect(requestRows(table, { columns: ['flight_id', 'scheduled_departure', 'distance', 'carrier'], timestamps: ['scheduled_departure'] })).toEqual([
    { flight_id: 'UA1', scheduled_departure: '2013-05-01T10:15:00.000Z', distance: 1400, carrier: null },
    { flight_id: 'UA2', scheduled_departure: '2013-05-02T00:00:00.000Z', distance: null, carrier: 'UA' },
  ]);
});

test('a column that the table lacks is named', () => {
  expect(() => requestRows(table, { columns: ['humidity'], timestamps: [] })).toThrow('"humidity"');
});
