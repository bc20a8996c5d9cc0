import { describe, expect, test } from 'vitest';
import { enforced, judgePlan } from '../../../test/builders/judge-plan.ts';
import type { CheckContext, Judgement } from './check-plan.ts';
import { monotonicTime } from './monotonic-time.ts';

const plan = (context: CheckContext): ReturnType<typeof monotonicTime> => monotonicTime({ check: 'monotonic-time', column: 'at', ...enforced }, context);
const judge = async (times: readonly string[], context: Partial<CheckContext> = {}): Promise<Judgement | undefined> => {
  const rows = times.length === 0 ? 'SELECT NULL::TIMESTAMP AS at LIMIT 0' : `SELECT v::TIMESTAMP AS at FROM (VALUES ${times.map((time) => `(${time})`).join(', ')}) row_(v)`;
  return (await judgePlan({ rows, plan, context })).judgement;
};

describe('monotonic time', () => {
  test('allows equal times', async () => {
    expect(await judge(["'2013-01-01'", "'2013-01-01'", "'2013-01-02'"])).toMatchObject({ value: 0, verdict: 'pass' });
  });

  test('counts the rows that are earlier than the row before, and shows where', async () => {
    const judgement = await judge(["'2013-01-02'", "'2013-01-01'", "'2013-01-03'", "'2013-01-02 12:00'"]);
    expect(judgement).toMatchObject({ value: 2, verdict: 'fail', message: '2 rows are earlier than the row before' });
    expect(judgement?.details?.['examples']).toEqual([
      { 'at, row before': '2013-01-02 00:00:00', at: '2013-01-01 00:00:00' },
      { 'at, row before': '2013-01-03 00:00:00', at: '2013-01-02 12:00:00' },
    ]);
  });

  test('shows five of many steps and counts all', async () => {
    const judgement = await judge(Array.from({ length: 30 }, (_, index) => `'2013-01-${String(30 - index).padStart(2, '0')}'`));
    expect(judgement?.value).toBe(29);
    expect(judgement?.details?.['examples']).toHaveLength(5);
  });

  test('is not hidden by a missing time in between', async () => {
    expect(await judge(["'2013-01-02'", 'NULL', "'2013-01-01'"])).toMatchObject({ value: 1, verdict: 'fail' });
  });

  test('of one row, or of rows without times, is kept; of no rows it cannot be told', async () => {
    expect(await judge(["'2013-01-01'"])).toMatchObject({ value: 0, verdict: 'pass' });
    expect(await judge(['NULL', 'NULL'])).toMatchObject({ value: 0, verdict: 'pass' });
    expect(await judge([])).toMatchObject({ verdict: 'inconclusive' });
  });

  test('knows infinite times for the last and the first', async () => {
    expect(await judge(["'-infinity'", "'2013-01-01'", "'infinity'"])).toMatchObject({ verdict: 'pass' });
    expect(await judge(["'infinity'", "'2013-01-01'"])).toMatchObject({ value: 1, verdict: 'fail' });
  });

  test('is skipped, and says so, where rows lie in no order', async () => {
    expect(await judge(["'2013-01-02'", "'2013-01-01'"], { order: [] })).toMatchObject({ value: null, verdict: 'skipped', message: 'the rows of a warehouse lie in no order' });
  });
});
