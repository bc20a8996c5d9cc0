import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { withDatabase } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { createDuckDbEngine } from './sql/duckdb-engine.ts';
import { suggestPattern } from './suggest-pattern.ts';
import { suggestRange } from './suggest-range.ts';
import { suggest, type Suggestion } from './suggest.ts';
import { suggestedSections, verifySuggestion } from './suggest-verify.ts';
import { suggestionYaml } from './suggest-yaml.ts';

const native = { load: createRequire(import.meta.url) };

/** Sixty days of two departures an hour; every 500th wind is a fault, and `late_reason` is there only for late flights. */
const flights = `SELECT
    'XY' || (100 + i % 37)::VARCHAR || '-JFK' AS flight_id,
    TIMESTAMP '2013-01-01' + INTERVAL 30 MINUTE * i AS scheduled_departure,
    CASE i % 3 WHEN 0 THEN 'EWR' WHEN 1 THEN 'JFK' ELSE 'LGA' END AS origin,
    (i % 360)::SMALLINT AS wind_direction,
    CASE WHEN i % 500 = 499 THEN 1048.0 ELSE (i % 30)::DOUBLE END AS wind_speed,
    CASE WHEN i % 10 = 0 THEN NULL ELSE (i * 7 % 90 - 20)::DOUBLE END AS departure_delay,
    CASE WHEN i % 5 = 0 THEN 'crew' END AS late_reason,
    (i % 5 = 0)::TINYINT AS delayed,
    i % 2 = 0 AS even,
    'some free text number ' || i AS remark,
    DATE '2013-01-01' AS "Report Day"
  FROM range(0, 2880) AS listed(i)`;

interface Outcome {
  readonly suggestion: Suggestion;
  readonly text: string;
  readonly sections: z.output<typeof suggestedSections>;
  readonly verdicts: readonly string[];
}

function suggestFor(sql: string, label?: string): Promise<Outcome> {
  return withDatabase(native, async (database) => {
    await database.run(`CREATE TABLE rows_in_order AS ${sql}`);
    const engine = createDuckDbEngine(database);
    const request = { relation: 'rows_in_order', columns: await describeRelation(database, 'rows_in_order'), order: ['rowid'], ...(label === undefined ? {} : { label }) };
    const suggestion = await suggest(engine, request);
    const { checks } = await verifySuggestion(engine, request, { suggestion, asOf: Date.parse('2013-03-02') });
    const text = suggestionYaml(suggestion, { subject: 'rows\n- { check: injected }', failing: new Set(), declared: false });
    return { suggestion, text, sections: suggestedSections.parse(parse(text)), verdicts: checks.map(({ verdict }) => verdict) };
  });
}

describe('suggest', () => {
  it('writes sections that pipeline.yaml takes, whose checks these very rows pass', async () => {
    const { sections, verdicts, suggestion } = await suggestFor(flights, 'delayed');
    expect(sections.checks.map(({ check }) => check)).toEqual(['schema', 'missing', 'range', 'allowed-values', 'pattern', 'uniqueness', 'outliers', 'row-count', 'freshness', 'volume', 'monotonic-time', 'leakage']);
    expect(verdicts.filter((verdict) => verdict !== 'pass')).toEqual([]);
    expect(suggestion.rows).toBe(2880);
  });

  it('declares what was found: lists, forms, ranges, optional columns, the key and the label', async () => {
    const { sections } = await suggestFor(flights, 'delayed');
    expect(sections.columns).toMatchObject({
      flight_id: { type: 'string', pattern: '^[A-Z]{2}[0-9]{3}-[A-Z]{3}$' },
      scheduled_departure: { type: 'timestamp', role: 'key' },
      origin: { values: ['EWR', 'JFK', 'LGA'] },
      wind_direction: { range: [0, 360] },
      late_reason: { optional: true },
      delayed: { role: 'label', range: [0, 1] },
    });
    expect(sections.columns['remark']).not.toHaveProperty('pattern');
    expect(sections.checks.find(({ check }) => check === 'uniqueness')).toMatchObject({ columns: ['scheduled_departure'] });
    expect(sections.checks.find(({ check }) => check === 'missing')).toMatchObject({ 'by-column': { scheduled_departure: 0, departure_delay: 0.15 } });
  });

  it('keeps a value far from all others out of the range, and says so', async () => {
    const { sections, text } = await suggestFor(flights);
    expect(sections.columns['wind_speed']?.range?.[1]).toBeLessThan(100);
    expect(text).toContain('the largest, 1,048, is far from the rest');
  });

  it('names columns whose lack tells the label, and does not let the check pass over them in silence', async () => {
    const { sections, text } = await suggestFor(flights, 'delayed');
    expect(text).toContain('SUSPECT, left out: late_reason');
    const leakage = sections.checks.find(({ check }) => check === 'leakage');
    expect(leakage).toMatchObject({ 'maximum-association': 0.3 });
    expect(leakage !== undefined && 'columns' in leakage ? leakage.columns : []).not.toContain('late_reason');
  });

  it('leaves out what no column can be, and says what to do', async () => {
    const { sections, text } = await suggestFor(flights);
    expect(Object.keys(sections.columns)).not.toContain('even');
    expect(text).toContain('even: BOOLEAN, none missing, 2 different; make it a number (0 or 1) in the dataset query');
    expect(text).toContain('rename it in the dataset query, e.g. report_day');
  });

  it('lets nothing in the rows end a comment', async () => {
    const { sections } = await suggestFor(`SELECT 'a' || chr(10) || '- x' AS word, i AS number FROM range(0, 40) AS listed(i)`);
    expect(sections.checks.map(({ check }): string => check)).not.toContain('injected');
    expect(sections.columns['word']).toMatchObject({ values: ['a\n- x'] });
  });

  it('finds a key of several columns by counting, and none where rows repeat', async () => {
    const two = await suggestFor(`SELECT (i % 50)::INTEGER AS flight, 'c' || (i // 50)::VARCHAR AS carrier, random() AS measured FROM range(0, 500) AS listed(i)`);
    expect([...two.suggestion.key].sort()).toEqual(['carrier', 'flight']);
    const none = await suggestFor(`SELECT 'x' || (i % 10)::VARCHAR AS code FROM range(0, 500) AS listed(i)`);
    expect(none.suggestion.key).toEqual([]);
  });
});

describe('suggestPattern', () => {
  it.each([
    [['AA9999', 'AA99'], '^[A-Z]{2}[0-9]{2,4}$'],
    [['AA99-AAA', '9A999-AAA'], '^[A-Z0-9]{4,5}-[A-Z]{3}$'],
    [['A.9'], '^[A-Z]\\.[0-9]$'],
    [['aa'], '^[a-z]{2}$'],
  ])('of %j is %s', (shapes, pattern) => {
    expect(suggestPattern(shapes.map((shape) => ({ shape, count: 10 })))).toBe(pattern);
  });

  it.each([[['Aaaa aaa']], [['AA-99', 'AA99']], [['']], [['Aé']], [['A'.repeat(41)]]])('is none for %j', (shapes) => {
    expect(suggestPattern(shapes.map((shape) => ({ shape, count: 10 })))).toBeUndefined();
  });
});

describe('suggestRange', () => {
  const summary = (name: string, minimum: number, maximum: number) => ({
    name,
    type: 'DOUBLE',
    kind: 'number' as const,
    rows: 100,
    missing: 0,
    notFinite: 0,
    distinct: 50,
    top: [],
    numbers: { minimum, maximum, mean: 0, quantiles: new Map([[5, minimum], [500, (minimum + maximum) / 2], [995, maximum]]) },
  });

  it.each([
    ['distance', 17, 4983, [0, 7500]],
    ['pressure', 983.8, 1042, [950, 1100]],
    ['temperature', 10, 64, [-17, 91]],
    ['hour', 5, 23.98, [0, 24]],
    ['dep_time', 1, 2400, [0, 2400]],
    ['air_time', 20, 695, [0, 1100]],
    ['balance', -9, -3, [-12, 0]],
  ])('of %s from %d to %d is %j', (name, ...[minimum, maximum, range]) => {
    expect(suggestRange(summary(name, minimum, maximum), undefined)?.range).toEqual(range);
  });

  it('stays as declared where the rows agree, and is a new one where they do not', () => {
    expect(suggestRange(summary('temperature', 10, 64), { range: [-60, 130] })?.range).toEqual([-60, 130]);
    expect(suggestRange(summary('temperature', 10, 164), { range: [-60, 130] })).toMatchObject({ reason: expect.stringContaining('beyond the declared -60 to 130') });
  });
});
