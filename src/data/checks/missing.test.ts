import { describe, expect, test } from 'vitest';
import { enforced, judgePlan } from '../../../test/builders/judge-plan.ts';
import type { Judgement } from './check-plan.ts';
import { missing } from './missing.ts';

/** Rows of ten; `visibility` is a feature, `delayed` the label, and only completed flights are scored. */
async function judge(rows: string, columns: string[]): Promise<Judgement | undefined> {
  return (await judgePlan({ rows, plan: (context) => missing({ check: 'missing', 'maximum-share': 0.05, columns, ...enforced }, context) })).judgement;
}

describe('missing', () => {
  test.each(["'NaN'", "'Infinity'", "'-Infinity'", 'NULL'])('counts %s of a floating-point number as missing', async (value) => {
    for (const type of ['DOUBLE', 'FLOAT']) {
      const judgement = await judge(`SELECT (CASE WHEN range < 3 THEN ${value} ELSE '1' END)::${type} AS visibility FROM range(10)`, ['visibility']);
      expect(judgement).toMatchObject({ value: 0.3, verdict: 'fail', details: { counts: { visibility: 3 } } });
    }
  });

  test('looks at an outcome in the scored rows only', async () => {
    const rows = "SELECT CASE WHEN range < 5 THEN 'completed' ELSE 'cancelled' END AS outcome, CASE WHEN range < 4 THEN 1 END AS delayed FROM range(10)";
    expect(await judge(rows, ['delayed'])).toMatchObject({ value: 0.2, verdict: 'fail' });
  });

  test('cannot tell of an outcome where no row is scored, whatever else is whole', async () => {
    const rows = "SELECT 'cancelled' AS outcome, NULL::INTEGER AS delayed, 1.0::DOUBLE AS visibility FROM range(10)";
    expect(await judge(rows, ['delayed', 'visibility'])).toMatchObject({ value: 0, verdict: 'inconclusive', message: 'visibility 0.0 %, no scored row tells of delayed' });
    expect(await judge(rows, ['delayed'])).toMatchObject({ value: null, verdict: 'inconclusive' });
    expect(await judge(rows.replace('1.0::DOUBLE', 'NULL::DOUBLE'), ['delayed', 'visibility'])).toMatchObject({ value: 1, verdict: 'fail' });
  });
});
