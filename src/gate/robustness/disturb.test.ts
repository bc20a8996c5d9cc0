import { expect, test } from 'vitest';
import type { Table } from '../../data/table.ts';
import { unseenCategory, withNoise, withoutColumns, withUnseenCategory } from './disturb.ts';
import { measuredColumns } from './plausible-steps.ts';
import { stormRows } from './storm-days.ts';

const table: Table = {
  rows: 400,
  numbers: new Map([
    ['visibility', Float64Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 10 : 9))],
    ['rain', Float64Array.from({ length: 400 }, (_, row) => (row < 20 ? 2 : 0))],
    ['distance', Float64Array.from({ length: 400 }, (_, row) => row)],
    ['constant', new Float64Array(400).fill(3)],
    ['gust', new Float64Array(400).fill(Number.NaN)],
  ]),
  strings: new Map([['carrier', Array.from({ length: 400 }, () => 'AA')]]),
};
const feature = { type: 'number' as const, role: 'feature' as const, known: 'off-block' as const };
const definition = {
  columns: { visibility: { ...feature, range: [0, 10] }, rain: feature, constant: feature, gust: feature, distance: { ...feature, known: 'schedule' as const }, carrier: { type: 'string' as const, role: 'feature' as const, known: 'schedule' as const } },
} as unknown as Parameters<typeof measuredColumns>[0];
const columns = measuredColumns(definition, table);

test('what is measured and varies can be wrong; what is scheduled, constant or missing throughout cannot', () => {
  expect(columns.map(({ name }) => name)).toEqual(['visibility', 'rain']);
  // Half of the middle 68 %, and the standard deviation where most values are one.
  expect(columns[0]?.spread).toBeCloseTo(0.5, 12);
  expect(columns[1]?.spread).toBeCloseTo(2 * Math.sqrt(0.05 * 0.95), 12);
});

test('noise is seeded by column, keeps to the range, and leaves the rest alone', () => {
  const noisy = withNoise(table, columns, { scale: 0.5, seed: 'a' });
  const visibility = noisy.numbers.get('visibility') ?? new Float64Array();
  expect(Math.max(...visibility)).toBe(10);
  expect(new Set(visibility).size).toBeGreaterThan(200);
  expect(noisy.numbers.get('distance')).toBe(table.numbers.get('distance'));
  expect(withNoise(table, columns.slice(0, 1), { scale: 0.5, seed: 'a' }).numbers.get('visibility')).toEqual(visibility);
  expect(withNoise(table, columns, { scale: 0.5, seed: 'b' }).numbers.get('visibility')).not.toEqual(visibility);
});

test('missing columns are missing in every row, numbers and strings, and unknown names change nothing', () => {
  const without = withoutColumns(table, ['rain', 'carrier', 'nothing']);
  expect(without.numbers.get('rain')?.every(Number.isNaN)).toBe(true);
  expect(new Set(without.strings.get('carrier'))).toEqual(new Set(['']));
  expect([...without.numbers.keys(), ...without.strings.keys()]).toEqual([...table.numbers.keys(), ...table.strings.keys()]);
});

test('a stranger takes every row of its column', () => {
  expect(new Set(withUnseenCategory(table, 'carrier').strings.get('carrier'))).toEqual(new Set([unseenCategory]));
});

test('storm days are the days of the worst mean severity, all their rows; days without weather are never among them', () => {
  const days = Int32Array.from({ length: 400 }, (_, row) => Math.floor(row / 10));
  const severity = Float64Array.from(days, (day, row) => (day === 39 ? Number.NaN : day === 7 && row % 10 !== 0 ? Number.NaN : day % 8 === 7 ? 0.9 - day / 100 : 0.1));
  const rows = stormRows({ days, severity, share: 0.1 });
  expect([...new Set(rows.map((row) => days[row]))]).toEqual([7, 15, 23, 31]);
  expect(rows).toHaveLength(40);
});

test('a window of few days has no fewer than four storm days, or all it has', () => {
  const of = (days: readonly number[]): number[] => stormRows({ days: Int32Array.from(days), severity: Float64Array.from(days), share: 0.1 });
  expect(of([1, 2, 3, 4, 5, 6])).toEqual([2, 3, 4, 5]);
  expect(of([1, 2])).toEqual([0, 1]);
  expect(of([])).toEqual([]);
});
