import { expect, test } from 'vitest';
import type { Table } from '../data/table.ts';
import { sliceDefinitions } from './slice-definitions.ts';

const table: Table = {
  rows: 4,
  numbers: new Map([
    ['hour', Float64Array.of(5, 6, 18, Number.NaN)],
    ['scheduled_departure', Float64Array.of(Date.UTC(2013, 10, 30, 23, 59), Date.UTC(2013, 11, 1), Date.UTC(2014, 0, 1) - 1, Number.NaN)],
  ]),
  strings: new Map([['origin', ['EWR', 'JFK', '', 'LGA']]]),
};

test.each([
  [{ column: 'origin' }, ['EWR', 'JFK', '', 'LGA']],
  [{ column: 'hour', edges: [6, 18] }, ['< 6', '6–18', '≥ 18', '']],
  [{ column: 'scheduled_departure', by: 'month' as const }, ['2013-11', '2013-12', '2013-12', '']],
])('%o cuts the rows, and a missing value belongs to no slice', (slice, values) => {
  expect(sliceDefinitions([slice], table)).toEqual([{ column: slice.column, values }]);
});

test('a column that the rows lack is a mistake of the pipeline file', () => {
  expect(() => sliceDefinitions([{ column: 'gate' }], table)).toThrow(/gate\.slices names gate/);
});
