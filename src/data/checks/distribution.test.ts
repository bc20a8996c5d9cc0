import { describe, expect, test } from 'vitest';
import { enforced, flightDelay, judgePlan } from '../../../test/builders/judge-plan.ts';
import { kolmogorovSmirnov } from '../../statistics/ks.ts';
import { populationStability } from '../../statistics/psi.ts';
import { countNumbers, quantileBins } from '../../statistics/quantile-bins.ts';
import { createRandom } from '../../statistics/random.ts';
import { trinoDialect } from '../sql/trino-dialect.ts';
import type { CheckContext, Judgement } from './check-plan.ts';
import { distribution } from './distribution.ts';

const plan =
  (columns: string[]) =>
  (context: CheckContext): ReturnType<typeof distribution> =>
    distribution({ check: 'distribution', columns, psi: 0.25, ks: 0.25, ...enforced, severity: 'warn' }, context);
const literal = (value: number): string => (Number.isNaN(value) ? 'NULL' : `${value}::DOUBLE`);
const numbers = (values: readonly number[]): string => (values.length === 0 ? 'SELECT 1.0::DOUBLE AS distance LIMIT 0' : `SELECT unnest([${values.map(literal).join(', ')}]) AS distance`);
const texts = (counts: Readonly<Record<string, number>>): string => `SELECT carrier FROM (VALUES ${Object.entries(counts).map(([text, count]) => `('${text}', ${count})`).join(', ')}) c(carrier, n), range(10000) WHERE range < n`;
const judge = async (columns: string[], before: string, now: string): Promise<Judgement | undefined> => (await judgePlan({ rows: now, plan: plan(columns), context: { reference: 'earlier' }, tables: { earlier: before } })).judgement;
const measured = (judgement: Judgement | undefined, name: string): { psi: number; ks: number | null } => (judgement?.details?.['columns'] as Record<string, { psi: number; ks: number | null }>)[name] ?? { psi: Number.NaN, ks: null };

/** Smooth, in whole minutes, mostly one value, constant, few: what columns look like. */
const shapes: Readonly<Record<string, (random: ReturnType<typeof createRandom>) => number>> = {
  smooth: (random) => random.next() + random.next(),
  whole: (random) => Math.floor(random.next() * 40) - 10,
  'mostly zero': (random) => (random.next() < 0.8 ? 0 : random.next()),
  'mostly the largest': (random) => (random.next() < 0.9 ? 5 : random.next()),
  constant: () => 3,
  'half missing': (random) => (random.next() < 0.5 ? Number.NaN : random.next()),
};

describe('distribution', () => {
  test.each(Object.entries(shapes))('of a number that is %s has exactly the PSI of the statistics, and KS within a thousandth', async (name, draw) => {
    const random = createRandom(`distribution/${name}`);
    for (const [size, move] of [[3000, 0.1], [150, 0], [7, -1]] as const) {
      const before = Array.from({ length: size }, () => draw(random));
      const now = Array.from({ length: 900 }, () => draw(random) + move);
      const found = measured(await judge(['distance'], numbers(before), numbers(now)), 'distance');
      const bins = quantileBins(Float64Array.from(before), 10);
      expect(found.psi).toBeCloseTo(populationStability(countNumbers(bins, Float64Array.from(before)), countNumbers(bins, Float64Array.from(now))).psi, 12);
      const { distance } = kolmogorovSmirnov(Float64Array.from(before), Float64Array.from(now));
      expect(found.ks).toBeLessThanOrEqual(distance + 1e-12);
      expect(found.ks).toBeGreaterThanOrEqual(distance - 0.001);
    }
  });

  test('of the same rows has not shifted', async () => {
    const values = numbers(Array.from({ length: 500 }, (_, index) => index));
    expect(await judge(['distance'], values, values)).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('that moved fails and says which bin', async () => {
    const before = Array.from({ length: 1000 }, (_, index) => index);
    const judgement = await judge(['distance'], numbers(before), numbers(before.map((value) => value + 500)));
    expect(judgement).toMatchObject({ verdict: 'fail', threshold: 'PSI ≤ 0.250, KS ≤ 0.250' });
    expect(judgement?.message).toMatch(/^distance PSI .*, KS 0\.500 \(> 899: 10\.0 % → 60\.0 %\)/);
  });

  test('of a few rows fails on no chance', async () => {
    expect((await judge(['distance'], numbers([1, 2, 3]), numbers([7, 8, 9])))?.verdict).toBe('pass');
    expect((await judge(['distance'], numbers([1]), numbers([2])))?.verdict).toBe('pass');
  });

  test('takes NaN and infinities for missing, and missing for a bin', async () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    const broken = `${numbers(values)} UNION ALL SELECT unnest(['NaN'::DOUBLE, 'Infinity', '-Infinity', NULL]) FROM range(100)`;
    const judgement = await judge(['distance'], numbers(values), broken);
    expect(judgement?.verdict).toBe('fail');
    expect(judgement?.message).toContain('(missing: 0.0 % → 80.0 %)');
  });

  test('of a column without any value on one side is missing there; without rows it cannot be told', async () => {
    const nothing = numbers(Array.from({ length: 100 }, () => Number.NaN));
    expect((await judge(['distance'], numbers(Array.from({ length: 100 }, (_, index) => index)), nothing))?.verdict).toBe('fail');
    expect(await judge(['distance'], nothing, nothing)).toMatchObject({ value: 0, verdict: 'pass' });
    expect(await judge(['distance'], numbers([1, 2]), numbers([]))).toMatchObject({ value: null, verdict: 'inconclusive' });
    expect(await judge(['distance'], numbers([]), numbers([1, 2]))).toMatchObject({ value: null, verdict: 'inconclusive' });
  });

  test('of a text is that of its categories; new ones are other, empty text is missing', async () => {
    const judgement = await judge(['carrier'], texts({ UA: 500, DL: 500 }), texts({ UA: 500, XX: 300, '': 200 }));
    expect(measured(judgement, 'carrier').psi).toBeCloseTo(populationStability([500, 500, 0, 0], [0, 500, 300, 200]).psi, 12);
    expect(judgement?.verdict).toBe('fail');
  });

  test('of a text with thousands of values tells the thirty most frequent apart', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`C${index}`, 1 + (index % 50)]));
    expect(await judge(['carrier'], texts(many), texts(many))).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('of a column that the reference lacks is left out', async () => {
    const { judgement } = await judgePlan({ rows: 'SELECT 1.0::DOUBLE AS distance, 2.0::DOUBLE AS hour', plan: plan(['distance', 'hour']), context: { reference: 'earlier', referenceColumns: [{ name: 'distance', type: 'DOUBLE' }] }, tables: { earlier: numbers([1]) } });
    expect(Object.keys(judgement?.details?.['columns'] ?? {})).toEqual(['distance']);
  });

  test('without a reference is skipped and says how to give one', async () => {
    expect((await judgePlan({ rows: numbers([1]), plan: plan(['distance']) })).judgement).toMatchObject({ verdict: 'skipped', message: expect.stringContaining('input reference') as string });
  });

  test('is asked of Trino in its own words', () => {
    const columns = [{ name: 'distance', type: 'double' }, { name: 'carrier', type: 'varchar' }];
    const context: CheckContext = { definition: flightDelay, dialect: trinoDialect, found: columns, relation: 'flights', order: [], asOf: 0, window: undefined, sources: {}, reference: 'earlier' };
    const made = plan(['distance', 'carrier'])(context);
    expect(made.kind === 'queries' && made.queries).toMatchInlineSnapshot(`
      {
        "carrier": "SELECT CASE WHEN v = '' OR (place <= 30 AND row_before > 0) THEN v END AS category, CAST(sum(row_before) AS DOUBLE) AS row_before, CAST(sum(row_now) AS DOUBLE) AS row_now FROM (SELECT v, row_before, row_now, row_number() OVER (PARTITION BY v = '' ORDER BY row_before DESC, v) AS place FROM (SELECT v, sum(row_before) AS row_before, sum(row_now) AS row_now FROM (SELECT v, count(*) AS row_before, 0 AS row_now FROM (SELECT coalesce(CAST("carrier" AS VARCHAR), '') AS v FROM earlier) side GROUP BY v UNION ALL SELECT v, 0 AS row_before, count(*) AS row_now FROM (SELECT coalesce(CAST("carrier" AS VARCHAR), '') AS v FROM flights) side GROUP BY v) sides GROUP BY v) counted) placed GROUP BY 1 ORDER BY 1",
        "distance": "SELECT CAST(min(v) AS DOUBLE) AS cell_value, CAST(max(upto) AS DOUBLE) AS upto, CAST(sum(row_before) AS DOUBLE) AS row_before, CAST(sum(row_now) AS DOUBLE) AS row_now FROM (SELECT v, row_before, row_now, sum(row_before) OVER (PARTITION BY v IS NULL ORDER BY v) AS upto, sum(row_before) OVER (PARTITION BY v IS NULL) AS total FROM (SELECT v, sum(row_before) AS row_before, sum(row_now) AS row_now FROM (SELECT v, count(*) AS row_before, 0 AS row_now FROM (SELECT CAST(CASE WHEN is_finite(CAST("distance" AS DOUBLE)) THEN "distance" END AS DOUBLE) AS v FROM earlier) side GROUP BY v UNION ALL SELECT v, 0 AS row_before, count(*) AS row_now FROM (SELECT CAST(CASE WHEN is_finite(CAST("distance" AS DOUBLE)) THEN "distance" END AS DOUBLE) AS v FROM flights) side GROUP BY v) sides GROUP BY v) counted) placed GROUP BY v IS NULL, floor(CAST(1000 * (upto - row_before) AS DOUBLE) / NULLIF(CAST(total AS DOUBLE), 0E0)), floor(CAST(1000 * (upto) AS DOUBLE) / NULLIF(CAST(total AS DOUBLE), 0E0)) ORDER BY cell_value",
      }
    `);
  });
});
