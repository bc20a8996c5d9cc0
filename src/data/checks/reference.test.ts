import { describe, expect, test } from 'vitest';
import { enforced, judgePlan, type PlanScene } from '../../../test/builders/judge-plan.ts';
import { reference } from './reference.ts';

const airports = "SELECT * FROM (VALUES ('EWR', 'US'), ('JFK', 'US'), (NULL, 'US'), ('LHR', NULL)) airport(faa, country)";
const one: PlanScene['plan'] = (context) => reference({ check: 'reference', columns: ['origin'], source: 'airports', key: ['faa'], 'maximum-bad-share': 0.05, ...enforced }, context);
const two: PlanScene['plan'] = (context) => reference({ check: 'reference', columns: ['origin', 'land'], source: 'airports', key: ['faa', 'country'], 'maximum-bad-share': 0, ...enforced }, context);
const scene = (values: string, plan = one, table = airports): Promise<readonly number[]> =>
  judgePlan({ rows: `SELECT * FROM (VALUES ${values}) row_(origin, land)`, plan, context: { sources: { airports: '(SELECT * FROM airports)' } }, tables: { airports: table } }).then(({ bad }) => bad);

describe('a reference to another source', () => {
  test('finds values that the source does not know, also where the source has a NULL', async () => {
    expect(await scene("('EWR', 'US'), ('XXX', 'US'), ('JFK', 'US')")).toEqual([2]);
    expect(await scene("('EWR', 'US'), ('JFK', 'US')")).toEqual([]);
  });

  test('passes what is missing: that is the missing check’s', async () => {
    expect(await scene("(NULL::VARCHAR, 'US'), (NULL, NULL)")).toEqual([]);
  });

  test('of two columns needs them in one row of the source; a part missing on either side decides nothing', async () => {
    expect(await scene("('EWR', 'US'), ('EWR', 'GB'), ('LHR', 'GB'), ('XXX', NULL), (NULL, 'GB')", two)).toEqual([2, 3]);
  });

  test('to a source without rows, or without any known value, is bad in every row that has a value', async () => {
    expect(await scene("('EWR', 'US'), (NULL, 'US')", one, `${airports} LIMIT 0`)).toEqual([1]);
    expect(await scene("('EWR', 'US')", one, 'SELECT NULL::VARCHAR AS faa, NULL::VARCHAR AS country')).toEqual([1]);
  });

  test('of no rows finds none', async () => {
    expect(await judgePlan({ rows: "SELECT 'x' AS origin LIMIT 0", plan: one, context: { sources: { airports: 'airports' } }, tables: { airports } }).then(({ bad }) => bad)).toEqual([]);
  });

  test('takes NaN and infinities for values like others', async () => {
    const numbers = "SELECT * FROM (VALUES ('NaN'::DOUBLE), ('Infinity'::DOUBLE), (1)) known(faa)";
    const { bad } = await judgePlan({ rows: "SELECT * FROM (VALUES ('NaN'::DOUBLE), ('-Infinity'::DOUBLE), ('Infinity'::DOUBLE), (1), (2)) row_(origin)", plan: one, context: { sources: { airports: 'airports' } }, tables: { airports: numbers } });
    expect(bad).toEqual([2, 5]);
  });

  test('can be counted inside one scan with other checks', async () => {
    const { judgement } = await judgePlan({
      rows: "SELECT * FROM (VALUES ('EWR'), ('XXX'), (NULL)) row_(origin)",
      plan: (context) => {
        const plan = one(context);
        const failing = plan.kind === 'rows' && plan.rules[0] !== undefined && 'failing' in plan.rules[0] ? plan.rules[0].failing : '';
        const measures = { filtered: `count(*) FILTER (WHERE ${failing})`, cased: `count(CASE WHEN ${failing} THEN 1 END)` };
        return { kind: 'table', id: 'counted', title: '', remedy: '', measures, judge: (measured) => ({ value: `${measured.get('filtered')} ${measured.get('cased')}`, verdict: 'pass' }) };
      },
      context: { sources: { airports: 'airports' } },
      tables: { airports },
    });
    expect(judgement?.value).toBe('1 1');
  });

  test('without the source cannot pass', async () => {
    const { judgement } = await judgePlan({ rows: "SELECT 'EWR' AS origin", plan: one });
    expect(judgement).toMatchObject({ verdict: 'inconclusive', message: 'source airports was not given' });
  });
});
