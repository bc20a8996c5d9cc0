import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../statistics/random.ts';
import { populationStability } from '../statistics/psi.ts';
import { countNumbers, quantileBins } from '../statistics/quantile-bins.ts';
import { withDatabase } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { kindOf } from './profile-columns.ts';
import { profileRows, type RowsProfile } from './profile-rows.ts';
import { createDuckDbEngine } from './sql/duckdb-engine.ts';

const native = { load: createRequire(import.meta.url) };

function profile(relation: string, reference?: string): Promise<RowsProfile> {
  return withDatabase(native, async (database) => {
    const target = async (sql: string) => ({ relation: `(${sql})`, columns: await describeRelation(database, `(${sql})`) });
    return profileRows(createDuckDbEngine(database), await target(relation), reference === undefined ? undefined : await target(reference));
  });
}

function values(numbers: readonly number[]): string {
  return `SELECT x::DOUBLE AS x FROM (VALUES ${numbers.map((number) => `(${Number.isNaN(number) ? `'nan'` : number}::DOUBLE)`).join(', ')}) AS listed(x)`;
}

describe('profileRows', () => {
  it('counts missing and strange values apart, and takes nothing else for a number', async () => {
    const { rows, columns } = await profile(`SELECT * FROM (VALUES (1.5::DOUBLE, 'a'), ('nan'::DOUBLE, NULL), ('inf'::DOUBLE, ''), (NULL, 'a'), (2.5, 'b')) AS listed(x, word)`);
    expect(rows).toBe(5);
    expect(columns[0]?.summary).toMatchObject({ kind: 'number', missing: 1, notFinite: 2, numbers: { minimum: 1.5, maximum: 2.5, mean: 2 } });
    expect(columns[1]?.summary).toMatchObject({ kind: 'text', missing: 1, distinct: 3, lengths: [0, 1], top: [{ value: 'a', count: 2 }, { value: '', count: 1 }, { value: 'b', count: 1 }] });
  });

  it('gives quantiles that are values of the rows: the least that so many do not exceed', async () => {
    const { columns } = await profile('SELECT i::INTEGER AS x FROM range(1, 1001) AS listed(i)');
    const quantiles = columns[0]?.summary.numbers?.quantiles;
    expect([5, 10, 250, 500, 900, 995].map((point) => quantiles?.get(point))).toEqual([5, 10, 250, 500, 900, 995]);
  });

  it('puts every value into exactly one bin, far ones into the bins at the ends', async () => {
    const { columns } = await profile('SELECT CASE WHEN i = 0 THEN -1e9 WHEN i = 1 THEN 1e9 ELSE i / 10.0 END AS x FROM range(0, 5000) AS listed(i)');
    const bins = columns[0]?.histogram?.bins ?? [];
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    expect(bins.length).toBeGreaterThan(10);
    expect(bins[0]).toMatchObject({ open: 'below' });
    expect(bins.at(-1)).toMatchObject({ open: 'above' });
  });

  it('shows few different numbers one by one, in their order', async () => {
    const { columns } = await profile('SELECT (i % 3)::TINYINT AS x FROM range(0, 10) AS listed(i)');
    expect(columns[0]?.histogram?.bins).toEqual([
      { kind: 'value', value: '0', count: 4 },
      { kind: 'value', value: '1', count: 3 },
      { kind: 'value', value: '2', count: 3 },
    ]);
  });

  it('tells of moments in milliseconds and counts them in bins of days', async () => {
    const { columns } = await profile(`SELECT TIMESTAMP '2013-01-01 06:00:00' + INTERVAL 1 HOUR * i AS moment FROM range(0, 240) AS listed(i)`);
    expect(columns[0]?.summary.numbers?.minimum).toBe(Date.parse('2013-01-01T06:00:00Z'));
    expect(columns[0]?.histogram?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(240);
  });

  it('finds the PSI that the statistics find on the same values', async () => {
    const random = createRandom('profile-rows');
    const before = Array.from({ length: 400 }, () => Math.round(random.next() * 50));
    const now = Array.from({ length: 300 }, (_, index) => (index % 20 === 0 ? Number.NaN : Math.round(random.next() * 60)));
    const { columns } = await profile(values(now), values(before));
    const bins = quantileBins(Float64Array.from(before));
    const expected = populationStability(countNumbers(bins, Float64Array.from(before)), countNumbers(bins, Float64Array.from(now))).psi;
    expect(columns[0]?.reference?.psi).toBeCloseTo(expected, 12);
    expect(expected).toBeGreaterThan(0.01);
  });

  it('sees a move away from a constant, and a text that is new', async () => {
    const { columns } = await profile(`SELECT 8 AS x, 'new' AS word FROM range(0, 100)`, `SELECT 7 AS x, 'old' AS word FROM range(0, 100)`);
    expect(columns.map(({ reference }) => (reference?.psi ?? 0) > 1)).toEqual([true, true]);
  });

  it('profiles rows that are none, and columns of which every value is missing', async () => {
    const none = await profile('SELECT 1 AS x WHERE false');
    expect(none).toMatchObject({ rows: 0, columns: [{ summary: { missing: 0, distinct: 0, top: [] } }] });
    expect(none.columns[0]?.histogram).toBeUndefined();
    const missing = await profile('SELECT NULL::DOUBLE AS x, [1] AS list FROM range(0, 3)');
    expect(missing.columns.map(({ summary }) => [summary.kind, summary.missing, summary.distinct])).toEqual([
      ['number', 3, 0],
      ['other', 0, null],
    ]);
  });
});

describe('kindOf', () => {
  it.each([
    ['DECIMAL(10,2)', 'number'],
    ['UBIGINT', 'number'],
    ['double', 'number'],
    ['varchar(12)', 'text'],
    ['TIMESTAMP WITH TIME ZONE', 'time'],
    ['timestamp(6)', 'time'],
    ['INTEGER[]', 'other'],
    ['STRUCT(a INTEGER)', 'other'],
    ['BLOB', 'other'],
    ['INTERVAL', 'other'],
  ])('takes %s for %s', (type, kind) => {
    expect(kindOf(type)).toBe(kind);
  });
});
