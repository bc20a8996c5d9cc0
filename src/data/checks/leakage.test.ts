import { describe, expect, test } from 'vitest';
import { enforced, flightDelay, judgePlan } from '../../../test/builders/judge-plan.ts';
import { trinoDialect } from '../sql/trino-dialect.ts';
import type { CheckContext, Judgement } from './check-plan.ts';
import { leakage } from './leakage.ts';

const plan =
  (columns?: string[]) =>
  (context: CheckContext): ReturnType<typeof leakage> =>
    leakage({ check: 'leakage', 'maximum-association': 0.3, ...(columns === undefined ? {} : { columns }), ...enforced }, context);
/** Each entry: how many rows, outcome, label, tail number, visibility. */
type Entry = readonly [count: number, outcome: string, delayed: string, tail: string, visibility: string];
const judge = async (entries: readonly Entry[], columns?: string[]): Promise<Judgement | undefined> => {
  const values = entries.map(([count, outcome, delayed, tail, visibility]) => `(${count}, '${outcome}', ${delayed}::INTEGER, ${tail}::VARCHAR, ${visibility}::DOUBLE)`);
  const rows = entries.length === 0 ? "SELECT '' AS outcome, 1 AS delayed, '' AS tail_number, 1.0::DOUBLE AS visibility LIMIT 0" : `SELECT outcome, delayed, tail_number, visibility FROM (VALUES ${values.join(', ')}) e(n, outcome, delayed, tail_number, visibility), range(1000) WHERE range < n`;
  return (await judgePlan({ rows, plan: plan(columns) })).judgement;
};

describe('leakage', () => {
  test('passes where missing says nothing about the label', async () => {
    const judgement = await judge([[90, 'completed', '1', "'N1'", '1'], [10, 'completed', '1', 'NULL', '1'], [270, 'completed', '0', "'N1'", '1'], [30, 'completed', '0', 'NULL', '1']]);
    expect(judgement).toMatchObject({ value: 0, verdict: 'pass', threshold: '|phi| ≤ 0.300' });
  });

  test('fails where a column is missing for one label only, and names it', async () => {
    const judgement = await judge([[100, 'completed', '1', 'NULL', '1'], [100, 'completed', '0', "'N1'", '1']]);
    expect(judgement).toMatchObject({ value: 1, verdict: 'fail', message: 'missing goes with the label: tail_number 1' });
  });

  test('fails as well where a value is there for one label only: phi is below zero', async () => {
    const judgement = await judge([[100, 'completed', '0', 'NULL', '1'], [100, 'completed', '1', "'N1'", '1']]);
    expect(judgement).toMatchObject({ value: 1, verdict: 'fail', details: { columns: { tail_number: { label: -1 } } } });
  });

  test('is phi of the fourfold table', async () => {
    // 30 missing of 100 late, 10 missing of 300 on time: (30·290 − 70·10) / √(40·360·100·300) = 0.38490…
    const judgement = await judge([[30, 'completed', '1', 'NULL', '1'], [70, 'completed', '1', "'N1'", '1'], [10, 'completed', '0', 'NULL', '1'], [290, 'completed', '0', "'N1'", '1']]);
    expect(judgement?.value).toBeCloseTo(8000 / Math.sqrt(40 * 360 * 100 * 300), 12);
    expect(judgement?.verdict).toBe('fail');
  });

  test('tells, and does not fail, what is missing only where nothing is scored: tail numbers of 30 % of cancelled flights', async () => {
    const judgement = await judge([[200, 'completed', '1', "'N1'", '1'], [600, 'completed', '0', "'N1'", '1'], [6, 'cancelled', 'NULL', 'NULL', '1'], [14, 'cancelled', 'NULL', "'N1'", '1']]);
    expect(judgement).toMatchObject({ value: 0, verdict: 'pass', details: { columns: { tail_number: { missing: 6, label: 0 } } } });
    expect(judgement?.message).toMatch(/^missing goes with being scored at all \(not held against it\): tail_number 0\.54/);
  });

  test('counts NaN and infinities of a number as missing', async () => {
    for (const value of ["'NaN'", "'Infinity'", "'-Infinity'", 'NULL']) {
      expect(await judge([[100, 'completed', '1', "'N1'", value], [100, 'completed', '0', "'N1'", '1']])).toMatchObject({ value: 1, verdict: 'fail', message: 'missing goes with the label: visibility 1' });
    }
  });

  test('of a column that is always missing, or of one label, is 0', async () => {
    expect(await judge([[100, 'completed', '1', 'NULL', 'NULL'], [100, 'completed', '0', 'NULL', 'NULL']])).toMatchObject({ value: 0, verdict: 'pass' });
    expect(await judge([[50, 'completed', '1', 'NULL', '1'], [50, 'completed', '1', "'N1'", '1']])).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('of a handful of rows is inconclusive: chance gives it too', async () => {
    expect(await judge([[2, 'completed', '1', 'NULL', '1'], [2, 'completed', '0', "'N1'", '1']])).toMatchObject({ value: 1, verdict: 'inconclusive', message: 'too few rows to tell: tail_number 1' });
    expect(await judge([[1, 'completed', '1', 'NULL', '1']])).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('without a label cannot be told', async () => {
    for (const entries of [[], [[50, 'completed', 'NULL', "'N1'", '1']], [[50, 'cancelled', 'NULL', 'NULL', 'NULL']]] as Entry[][]) {
      expect(await judge(entries)).toMatchObject({ value: null, verdict: 'inconclusive', message: 'no scored row has a label' });
    }
  });

  test('looks at what a model may be given, not at the outcome itself', async () => {
    const judgement = await judge([[100, 'completed', '1', 'NULL', '1'], [100, 'completed', '0', "'N1'", '1']], ['visibility']);
    expect(judgement).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('is asked of Trino in its own words', () => {
    const context: CheckContext = { definition: flightDelay, dialect: trinoDialect, found: [{ name: 'visibility', type: 'DOUBLE' }], relation: 'flights', order: [], asOf: 0, window: undefined, sources: {}, reference: undefined };
    const made = plan(['visibility'])(context);
    expect(made.kind === 'queries' && made.queries).toMatchInlineSnapshot(`
      {
        "groups": "SELECT CASE WHEN outcome = 'completed' THEN 1 ELSE 0 END AS scored, CASE WHEN "delayed" = 1 THEN 1 WHEN "delayed" IS NOT NULL THEN 0 END AS positive, count(*) AS row_count, count(CASE WHEN is_finite(CAST("visibility" AS DOUBLE)) THEN "visibility" END) AS present_0 FROM flights GROUP BY 1, 2",
      }
    `);
  });
});
