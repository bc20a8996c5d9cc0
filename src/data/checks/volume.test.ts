import { describe, expect, test } from 'vitest';
import { enforced, judgePlan } from '../../../test/builders/judge-plan.ts';
import type { CheckContext, Judgement } from './check-plan.ts';
import { volume } from './volume.ts';

const plan = (context: CheckContext): ReturnType<typeof volume> => volume({ check: 'volume', 'trailing-weeks': 4, tolerance: 0.5, ...enforced }, context);
const first = Date.parse('2013-01-07');
const day = 86_400_000;
/** Rows by day from Monday 7 January on. */
const rowsOf = (counts: readonly number[], shift = 0): string =>
  `SELECT scheduled_departure FROM (VALUES ${counts.map((count, index) => `(TIMESTAMP '${new Date(first + (index + shift) * day).toISOString().slice(0, 10)} 10:00:00', ${count})`).join(', ')}) d(scheduled_departure, n), range(100) WHERE range < n`;
const windowOf = (days: number, start = 0): { from: number; to: number } => ({ from: first + start * day, to: first + (start + days) * day });
const judge = async (rows: string, context: Partial<CheckContext> = {}, tables: Record<string, string> = {}): Promise<Judgement | undefined> => (await judgePlan({ rows, plan, context, tables })).judgement;
/** Weekdays differ, weeks do not. */
const week = [40, 42, 44, 46, 48, 10, 20];
const steady = [...week, ...week, ...week, ...week, ...week];

describe('volume', () => {
  test('of a steady weekly rhythm passes, although Saturday has a quarter of Friday', async () => {
    expect(await judge(rowsOf(steady), { window: windowOf(35) })).toMatchObject({ value: 0, verdict: 'pass', details: { compared: 7, skipped: 28 } });
  });

  test('names the day that lost more than half of its rows, and the one that has them twice', async () => {
    const judgement = await judge(rowsOf([...steady.slice(0, 33), 25, 9]), { window: windowOf(35) });
    expect(judgement).toMatchObject({ value: 1.5, verdict: 'fail' });
    expect(judgement?.message).toMatch(/^2013-02-09 25 rows \(median 10\), 2013-02-10 9 rows \(median 20\);/);
  });

  test('sees a day without any row, also the last of the window', async () => {
    expect(await judge(rowsOf(steady.slice(0, 34)), { window: windowOf(35) })).toMatchObject({ value: 1, verdict: 'fail' });
  });

  test('judges no day that was not over at as-of, or that the window cuts', async () => {
    const cut = rowsOf([...steady.slice(0, 34), 1]);
    expect(await judge(cut, { window: windowOf(35), asOf: first + 34.5 * day })).toMatchObject({ verdict: 'pass', details: { compared: 6 } });
    expect(await judge(cut, { window: { from: first, to: first + 34.5 * day } })).toMatchObject({ verdict: 'pass', details: { compared: 6 } });
    // Nobody said what was asked for: the last day may be cut.
    expect(await judge(cut)).toMatchObject({ verdict: 'pass', details: { compared: 6 } });
  });

  test('takes the weeks before a short window from the reference', async () => {
    const tables = { earlier: rowsOf(steady.slice(0, 28)) };
    const context = { window: windowOf(7, 28), reference: 'earlier', referenceWindow: windowOf(28) };
    expect(await judge(rowsOf(week, 28), context, tables)).toMatchObject({ value: 0, verdict: 'pass', details: { compared: 7, skipped: 0 } });
    expect(await judge(rowsOf([40, 42, 0, 46, 48, 10, 20], 28), context, tables)).toMatchObject({ value: 1, verdict: 'fail' });
  });

  test('does not take a day that the reference’s window cuts for a whole day', async () => {
    const tables = { earlier: rowsOf([1, ...steady.slice(1, 28)]) };
    const cutFirst = { from: first + day / 2, to: first + 28 * day };
    for (const referenceWindow of [cutFirst, undefined]) {
      const context = { window: windowOf(7, 28), reference: 'earlier', referenceWindow };
      const judgement = await judge(rowsOf(week, 28), context, tables);
      // Nobody said what the reference was asked for: its last day may be cut as well.
      expect(judgement).toMatchObject({ value: 0, verdict: 'pass', details: { skipped: referenceWindow === undefined ? 2 : 1 } });
    }
  });

  test('looks at the last days where a row of a wrong century makes them very many', async () => {
    const strange = `SELECT TIMESTAMP '1500-01-01' AS scheduled_departure UNION ALL ${rowsOf([...steady.slice(0, 33), 25, 20, 1])}`;
    expect((await judge(strange))?.details?.['days']).toContainEqual({ day: '2013-02-09', rows: 25, median: 10, difference: 1.5 });
  });

  test('with too little before it is skipped and says so', async () => {
    expect(await judge(rowsOf(steady.slice(0, 28)), { window: windowOf(28) })).toMatchObject({ value: null, verdict: 'skipped', message: expect.stringContaining('no day has 4 weeks before it') as string });
    for (const nothing of ['SELECT NULL::TIMESTAMP AS scheduled_departure LIMIT 0', 'SELECT NULL::TIMESTAMP AS scheduled_departure', rowsOf([1]), "SELECT 'infinity'::TIMESTAMP AS scheduled_departure"]) {
      expect((await judge(nothing))?.verdict).toBe('skipped');
    }
  });

  test('where a weekday never had rows tells new ones against one row, in a finite number', async () => {
    const quiet = [...week, ...week, ...week, ...week].map((count, index) => (index % 7 === 6 ? 0 : count));
    expect(await judge(rowsOf([...quiet, ...week]), { window: windowOf(35) })).toMatchObject({ value: 20, verdict: 'fail' });
  });
});
