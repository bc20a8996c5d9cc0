import { describe, expect, test } from 'vitest';
import { enforced, flightDelay, judgePlan } from '../../../test/builders/judge-plan.ts';
import { trinoDialect } from '../sql/trino-dialect.ts';
import type { CheckContext, Judgement } from './check-plan.ts';
import { freshness } from './freshness.ts';

const plan = (context: CheckContext): ReturnType<typeof freshness> => freshness({ check: 'freshness', column: 'seen', 'maximum-age': 36 * 3_600_000, ...enforced }, context);
const window = { from: Date.parse('2013-05-01'), to: Date.parse('2013-06-01') };
const judge = async (values: readonly string[], context: Partial<CheckContext> = { window }): Promise<Judgement | undefined> => {
  const rows = values.length === 0 ? 'SELECT NULL::TIMESTAMP AS seen LIMIT 0' : `SELECT v::TIMESTAMP AS seen FROM (VALUES ${values.map((value) => `(${value})`).join(', ')}) row_(v)`;
  return (await judgePlan({ rows, plan, context })).judgement;
};

describe('freshness', () => {
  test('is the age of the newest value at the end of the window', async () => {
    expect(await judge(["'2013-05-30 12:00:00'", "'2013-05-02'"])).toMatchObject({ value: 36, unit: 'hour', verdict: 'pass', threshold: '≤ 36 h' });
    expect(await judge(["'2013-05-30 11:59:00'"])).toMatchObject({ verdict: 'fail' });
  });

  test('is looked at from as-of where that is before the end of the window', async () => {
    expect(await judge(["'2013-05-20'"], { window, asOf: Date.parse('2013-05-21') })).toMatchObject({ value: 24, verdict: 'pass' });
  });

  test('is not given by one wrong clock: later values are told, not counted', async () => {
    const judgement = await judge(["'2013-05-02'", "'2033-01-01'", "'infinity'"]);
    expect(judgement).toMatchObject({ value: 720, verdict: 'fail' });
    expect(judgement?.message).toContain('2 rows are later than that');
  });

  test('of rows without any value fails; of no rows cannot be told', async () => {
    expect(await judge(['NULL', 'NULL'])).toMatchObject({ value: null, verdict: 'fail' });
    expect(await judge(["'infinity'", "'-infinity'"])).toMatchObject({ value: null, verdict: 'fail' });
    expect(await judge([])).toMatchObject({ value: null, verdict: 'inconclusive' });
  });

  test('is asked of Trino in its own words', () => {
    const context: CheckContext = { definition: flightDelay, dialect: trinoDialect, found: [], relation: 'flights', order: [], asOf: window.to, window, sources: {}, reference: undefined };
    const made = plan(context);
    expect(made.kind === 'table' && made.measures).toMatchInlineSnapshot(`
      {
        "later": "count(*) FILTER (WHERE "seen" > TIMESTAMP '2013-06-01 00:00:00.000')",
        "newest": "CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("seen") FILTER (WHERE "seen" <= TIMESTAMP '2013-06-01 00:00:00.000')) AS DOUBLE)",
      }
    `);
  });
});
