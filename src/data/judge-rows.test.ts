import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { planChecks } from './checks/plan-checks.ts';
import { withDatabase } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { judgedRelation, judgeRows } from './judge-rows.ts';
import { quoteText } from './sql-text.ts';

const native = { load: createRequire(import.meta.url) };
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
/** A pipeline of three columns, checked in every way that looks at rows. */
const definition: typeof pipeline.definition = {
  ...pipeline.definition,
  'scored-rows': 'delay IS NOT NULL',
  columns: {
    id: { type: 'string', role: 'key', known: 'schedule', optional: false, pattern: '^f[0-9]+$' },
    delay: { type: 'number', role: 'feature', known: 'schedule', optional: false, range: [-60, 100] },
    origin: { type: 'string', role: 'feature', known: 'schedule', optional: false, values: ['EWR', 'JFK'] },
  },
  checks: [
    { check: 'schema', severity: 'error' },
    { check: 'missing', 'maximum-share': 0.05, severity: 'error' },
    { check: 'range', severity: 'error' },
    { check: 'allowed-values', severity: 'error' },
    { check: 'pattern', severity: 'error' },
    { check: 'uniqueness', columns: ['id'], severity: 'error' },
    { check: 'domain-rule', name: 'late-is-ewr', rule: "delay < 50 OR origin = 'EWR'", reason: 'only EWR is that late', severity: 'error' },
    { check: 'outliers', columns: ['delay'], fence: 1.5, severity: 'warn' },
    { check: 'row-count', minimum: 1, severity: 'error' },
  ],
};

interface Row {
  readonly id: string | null;
  readonly delay: number | null;
  readonly origin: string | null;
}

function judge(rows: readonly Row[], type = 'INTEGER') {
  return withDatabase(native, async (database) => {
    await database.run(`CREATE TABLE flights (id VARCHAR, delay ${type}, origin VARCHAR, row_position INTEGER)`);
    const text = (value: string | null): string => (value === null ? 'NULL' : quoteText(value));
    if (rows.length > 0) await database.run(`INSERT INTO flights VALUES ${rows.map((row, index) => `(${text(row.id)}, ${row.delay ?? 'NULL'}, ${text(row.origin)}, ${index})`).join(', ')}`);
    const found = (await describeRelation(database, 'flights')).filter(({ name }) => name !== 'row_position');
    const result = await judgeRows(database, { relation: 'flights', checks: planChecks({ definition, found }), key: ['id'] });
    const reasons = await database.rows(`SELECT id, reasons FROM ${judgedRelation} ORDER BY row_position`);
    return { ...result, reasons: reasons.map((row) => row['reasons'] as string[]) };
  });
}

/** The same rules, one row at a time. */
function countBad(rows: readonly Row[]): number {
  const seen = new Set<string | null>();
  return rows.filter(({ id, delay, origin }) => {
    const again = seen.has(id);
    seen.add(id);
    const late = delay !== null && delay >= 50 && origin !== null && origin !== 'EWR';
    return id === null || again || !/^f[0-9]+$/.test(id) || (delay !== null && (delay < -60 || delay > 100)) || (origin !== null && !['EWR', 'JFK'].includes(origin)) || late;
  }).length;
}

describe('judgeRows', () => {
  it('loses no row: rows in = accepted + quarantined, and the bad ones are those that a rule names', async () => {
    const row = fc.record({
      id: fc.oneof(fc.constant(null), fc.constantFrom('f1', 'f2', 'x9', "o'f"), fc.integer({ min: 3, max: 9999 }).map((n) => `f${n}`)),
      delay: fc.oneof(fc.constant(null), fc.integer({ min: -100, max: 150 })),
      origin: fc.constantFrom(null, 'EWR', 'JFK', 'LGA'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), async (rows) => {
        const judged = await judge(rows);
        expect(judged.rows).toBe(rows.length);
        expect(judged.accepted + judged.quarantined).toBe(rows.length);
        expect(judged.quarantined).toBe(countBad(rows));
        expect(judged.reasons.filter((reasons) => reasons.length > 0)).toHaveLength(judged.quarantined);
      }),
      { numRuns: 15, seed: 2013 },
    );
  });

  it('names every reason of a bad row', async () => {
    const { reasons } = await judge([{ id: 'x9', delay: 130, origin: 'LGA' }]);
    expect(reasons[0]?.map((reason) => reason.split(':')[0])).toEqual(['range', 'allowed-values', 'pattern', 'domain-rule.late-is-ewr']);
  });

  it('keeps the first row of a key and quarantines its duplicates', async () => {
    const good = { id: 'f1', delay: 3, origin: 'EWR' };
    const { reasons } = await judge([good, good]);
    expect(reasons.map((list) => list.length)).toEqual([0, 1]);
  });

  it('flags outliers and drops none', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ id: `f${index}`, delay: index === 0 ? 90 : index % 5, origin: 'EWR' }));
    const judged = await judge(rows);
    expect(judged.accepted).toBe(40);
    expect(judged.checks.find(({ id }) => id === 'outliers')?.value).toBeCloseTo(1 / 40);
  });

  it('fails when more values are missing than allowed', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ id: `f${index}`, delay: 1, origin: index === 0 ? null : 'EWR' }));
    const check = (await judge(rows)).checks.find(({ id }) => id === 'missing');
    expect(check?.verdict).toBe('fail');
    expect(check?.value).toBeCloseTo(0.1);
  });

  it('trusts nothing about rows of another shape: all go to quarantine, the other checks are skipped', async () => {
    const judged = await judge([{ id: 'f1', delay: 3, origin: 'EWR' }], 'VARCHAR');
    expect(judged.quarantined).toBe(1);
    expect(judged.checks[0]?.verdict).toBe('fail');
    expect(judged.checks.slice(1).every(({ verdict }) => verdict === 'skipped')).toBe(true);
  });
});
