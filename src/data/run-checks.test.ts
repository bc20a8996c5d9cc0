import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { CheckDefinition } from '../pipeline/schema/checks.ts';
import { concludeChecks } from '../verdict/verdict.ts';
import { planChecks } from './checks/plan-checks.ts';
import { withDatabase } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { type ChecksTarget, runChecks } from './run-checks.ts';
import { rowsRelation } from './snapshot-files.ts';
import { splitRows } from './split-rows.ts';
import { createDuckDbEngine } from './sql/duckdb-engine.ts';
import { duckDbDialect } from './sql/duckdb-dialect.ts';
import { quoteText } from './sql-text.ts';

const native = { load: createRequire(import.meta.url) };
const folder = await mkdtemp(join(tmpdir(), 'taxiway-checks-'));
afterAll(() => rm(folder, { recursive: true }));
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const error = { severity: 'error', mode: 'enforce' } as const;
const rowError = { ...error, 'maximum-bad-share': 0.05 } as const;
const checks: readonly CheckDefinition[] = [
  { check: 'schema', unexpected: 'allow', ...error },
  { check: 'missing', 'maximum-share': 0.05, ...error },
  { check: 'range', ...rowError },
  { check: 'allowed-values', ...rowError },
  { check: 'pattern', ...rowError },
  { check: 'uniqueness', columns: ['id'], ...rowError },
  { check: 'domain-rule', name: 'late-is-ewr', rule: "delay < 50 OR origin = 'EWR'", reason: 'only EWR is that late', ...rowError },
  { check: 'outliers', columns: ['delay'], fence: 1.5, ...error, severity: 'warn' },
  { check: 'row-count', minimum: 1, ...error },
];
/** A pipeline of three columns, checked in every way that looks at rows. */
const definition: typeof pipeline.definition = {
  ...pipeline.definition,
  'scored-rows': 'delay IS NOT NULL',
  columns: {
    id: { type: 'string', role: 'key', known: 'schedule', optional: false, pattern: '^f[0-9]+$' },
    delay: { type: 'number', role: 'feature', known: 'schedule', optional: false, range: [-60, 100] },
    origin: { type: 'string', role: 'feature', known: 'schedule', optional: false, values: ['EWR', 'JFK'] },
  },
  checks: [...checks],
};

interface Row {
  readonly id: string | null;
  /** A number, or NaN and the infinities. */
  readonly delay: number | null;
  readonly origin: string | null;
}

interface Options {
  readonly type?: string;
  readonly checks?: readonly CheckDefinition[];
  /** A column that the pipeline does not declare. */
  readonly extra?: string;
}

let written = 0;

/** Rows in two monthly files, checked, split, and what lies in quarantine. */
function judge(rows: readonly Row[], { type = 'DOUBLE', checks: used = checks, extra = 'extra' }: Options = {}) {
  return withDatabase(native, async (database) => {
    const text = (value: string | null): string => (value === null ? 'NULL' : quoteText(value));
    const number = (value: number | null): string => (value === null ? 'NULL' : Number.isFinite(value) ? String(value) : quoteText(String(value)));
    await database.run(`CREATE TABLE flights (id VARCHAR, delay ${type}, origin VARCHAR, "time" TIMESTAMP, ${duckDbDialect.identifier(extra)} INTEGER)`);
    if (rows.length > 0) await database.run(`INSERT INTO flights VALUES ${rows.map((row, index) => `(${text(row.id)}, ${number(row.delay)}, ${text(row.origin)}, TIMESTAMP '2013-01-01' + INTERVAL ${index} HOUR, ${index})`).join(', ')}`);
    written += 1;
    const files = ['2013-01', '2013-02'].map((month) => ({ name: `rows/${month}.parquet`, path: join(folder, `${written}-${month}.parquet`) }));
    const half = rows.length >> 1;
    for (const [index, { path }] of files.entries()) await database.run(`COPY (SELECT * FROM flights LIMIT ${index === 0 ? half : rows.length} OFFSET ${index === 0 ? 0 : half}) TO ${quoteText(path)} (FORMAT parquet)`);
    const relation = rowsRelation(files, { position: true });
    const found = await describeRelation(database, rowsRelation(files));
    const order = ['file_index', 'file_row_number'];
    const context = { definition: { ...definition, checks: [...used] }, dialect: duckDbDialect, found, relation, order, asOf: 0, window: undefined, sources: {}, reference: undefined };
    const target: ChecksTarget = { relation, planned: planChecks(context), found, key: ['id'], order, eventTime: 'time' };
    const result = await runChecks({ ...target, engine: createDuckDbEngine(database) });
    const split = await splitRows(database, { target, files, folder: await mkdtemp(join(folder, 'split-')), counts: result });
    const quarantine = await database.rows(`SELECT *, len(reasons) AS many FROM read_parquet(${quoteText(split.quarantine)})`);
    const clean = await database.rows(`SELECT * FROM ${rowsRelation(split.clean)}`);
    const find = (id: string) => result.checks.find((check) => check.id === id);
    return { ...result, files, split, quarantine, clean, find, reasons: quarantine.map((row) => row['reasons'] as string[]) };
  });
}

/** The same rules, one row at a time: the numbers of the rows that each breaks. */
function badRows(rows: readonly Row[], isEnforced: (id: string) => boolean): Record<'range' | 'allowed-values' | 'pattern' | 'uniqueness.id' | 'domain-rule.late-is-ewr', Set<number>> {
  const bad = { range: new Set<number>(), 'allowed-values': new Set<number>(), pattern: new Set<number>(), 'uniqueness.id': new Set<number>(), 'domain-rule.late-is-ewr': new Set<number>() };
  rows.forEach(({ id, delay, origin }, index) => {
    if (delay !== null && !(delay >= -60 && delay <= 100)) bad.range.add(index);
    if (origin !== null && !['EWR', 'JFK'].includes(origin)) bad['allowed-values'].add(index);
    if (id !== null && !/^f[0-9]+$/.test(id)) bad.pattern.add(index);
    if (id === null) bad['uniqueness.id'].add(index);
    // DuckDB orders NaN above every number.
    if (delay !== null && (Number.isNaN(delay) || delay >= 50) && origin !== null && origin !== 'EWR') bad['domain-rule.late-is-ewr'].add(index);
  });
  const isRejected = (index: number): boolean => Object.entries(bad).some(([id, numbers]) => id !== 'uniqueness.id' && isEnforced(id) && numbers.has(index));
  for (const key of new Set(rows.flatMap(({ id }) => (id === null ? [] : [id])))) {
    const same = rows.flatMap(({ id }, index) => (id === key ? [index] : []));
    const kept = same.find((index) => !isRejected(index)) ?? same[0];
    for (const index of same) if (index !== kept) bad['uniqueness.id'].add(index);
  }
  return bad;
}

const someRow = fc.record({
  id: fc.oneof(fc.constant(null), fc.constantFrom('f1', 'f2', 'x9', "o'f", ''), fc.integer({ min: 3, max: 9999 }).map((n) => `f${n}`)),
  delay: fc.oneof(fc.constant(null), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0), fc.integer({ min: -100, max: 150 })),
  origin: fc.constantFrom(null, 'EWR', 'JFK', 'LGA'),
});
const rowChecks = ['range', 'allowed-values', 'pattern', 'uniqueness', 'domain-rule'] as const;

describe('runChecks and splitRows', () => {
  it('lose no row: rows in = accepted + quarantined, and the bad ones are those that an enforced rule names', async () => {
    const modes = fc.record(Object.fromEntries(rowChecks.map((name) => [name, fc.constantFrom('enforce' as const, 'enforce' as const, 'warn' as const, 'observe' as const)])));
    const extra = fc.constantFrom('extra', 'check_0', '"; DROP TABLE flights; --', "o'clock", 'SELECT', ' ', 'é ü');
    await fc.assert(
      fc.asyncProperty(fc.array(someRow, { maxLength: 60 }), modes, extra, async (rows, chosen, name) => {
        const used = checks.map((check) => ({ ...check, mode: chosen[check.check] ?? 'enforce' }));
        const judged = await judge(rows, { checks: used, extra: name });
        const isEnforced = (id: string): boolean => (chosen[id.split('.')[0] ?? ''] ?? 'enforce') === 'enforce';
        const bad = badRows(rows, isEnforced);
        const enforced = Object.entries(bad).filter(([id]) => isEnforced(id));
        const expected = new Set(enforced.flatMap(([, numbers]) => [...numbers]));
        expect(judged.rows).toBe(rows.length);
        expect(judged.accepted + judged.quarantined).toBe(rows.length);
        expect(judged.quarantine.map((row) => row[name])).toEqual([...expected].sort((a, b) => a - b));
        expect(judged.clean.map((row) => row[name])).toEqual(rows.map((_, index) => index).filter((index) => !expected.has(index)));
        for (const [id, numbers] of Object.entries(bad)) expect([id, judged.find(id)?.value]).toEqual([id, numbers.size]);
        for (const row of judged.quarantine) {
          const ids = enforced.filter(([, numbers]) => numbers.has(Number(row[name]))).map(([id]) => id);
          expect(new Set((row['reasons'] as string[]).map((reason) => reason.split(':')[0]))).toEqual(new Set(ids));
        }
      }),
      { numRuns: 25, seed: 2013 },
    );
  }, 60_000);

  it('name every reason of a bad row', async () => {
    const { reasons } = await judge([{ id: 'x9', delay: 130, origin: 'LGA' }]);
    expect(reasons[0]?.map((reason) => reason.split(':')[0])).toEqual(['range', 'allowed-values', 'pattern', 'domain-rule.late-is-ewr']);
  });

  it('keep the first row of a key and quarantine its duplicates, also across files', async () => {
    const good = { id: 'f1', delay: 3, origin: 'EWR' };
    const { quarantine, find } = await judge([good, { ...good, id: 'f2' }, good, good]);
    expect(quarantine.map((row) => row['extra'])).toEqual([2, 3]);
    expect(find('uniqueness.id')?.details?.['examples']).toEqual([{ id: 'f1', reason: 'id is there already' }, { id: 'f1', reason: 'id is there already' }]);
  });

  it('keep the good row of a key behind one that another rule rejects: the key is not lost', async () => {
    const good = { id: 'f1', delay: 3, origin: 'EWR' };
    const { clean, reasons } = await judge([{ ...good, delay: 500 }, good]);
    expect(clean.map((row) => row['extra'])).toEqual([1]);
    expect(reasons).toEqual([['range: delay is outside -60 to 100', 'uniqueness.id: id is there already']]);
  });

  it('copy no month whose rows are all good', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ id: index === 2 ? 'x' : `f${index}`, delay: 1, origin: 'EWR' }));
    const { split, files } = await judge(rows);
    expect(split.clean.map(({ path }) => path === files[0]?.path || path === files[1]?.path)).toEqual([false, true]);
    expect([...split.quarantinedByFile]).toEqual([['rows/2013-01.parquet', 1]]);
  });

  it('show five bad rows of a check with their key, the columns they fail by, the rule, and when the first and last were', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({ id: `f${index}`, delay: index >= 20 ? 500 : 1, origin: 'EWR' }));
    const check = (await judge(rows)).find('range');
    expect(check?.details?.['examples']).toHaveLength(5);
    expect(check?.details?.['examples']).toContainEqual({ id: 'f20', delay: 500, reason: 'delay is outside -60 to 100' });
    expect(check?.details).toMatchObject({ first: '2013-01-01T20:00:00.000Z', last: '2013-01-02T05:00:00.000Z', rules: { 'delay is outside -60 to 100': 10 } });
  });

  it('show a column named reason as it is, and no more than 200 characters of a cell', async () => {
    const check = (await judge([{ id: 'x'.repeat(1_000_000), delay: 3, origin: 'EWR' }], { extra: 'reason', checks: [{ check: 'domain-rule', name: 'never', rule: 'reason > 7', reason: 'must be large', ...rowError }] })).find('domain-rule.never');
    expect(check?.details?.['examples']).toEqual([{ id: `${'x'.repeat(199)}…`, reason: 0, _reason: 'must be large' }]);
  });

  it('flag outliers and drop none', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ id: `f${index}`, delay: index === 0 ? 90 : index % 5, origin: 'EWR' }));
    const judged = await judge(rows);
    expect(judged.accepted).toBe(40);
    expect(judged.find('outliers')?.value).toBeCloseTo(1 / 40);
  });

  it('draw the fences from the quartiles of all finite values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someRow, { minLength: 1, maxLength: 50 }), async (rows) => {
        const values = rows.flatMap(({ delay }) => (delay === null ? [] : [delay]));
        const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
        const quartile = (share: number): number => {
          const at = (sorted.length - 1) * share;
          const low = sorted[Math.floor(at)] ?? Number.NaN;
          return low + ((sorted[Math.ceil(at)] ?? Number.NaN) - low) * (at - Math.floor(at));
        };
        const spread = quartile(0.75) - quartile(0.25);
        const outside = values.filter((value) => !Number.isFinite(value) || value < quartile(0.25) - 1.5 * spread || value > quartile(0.75) + 1.5 * spread).length;
        const check = (await judge(rows)).find('outliers');
        expect(check?.details?.['columns']).toMatchObject({ delay: { count: outside } });
      }),
      { numRuns: 10, seed: 77 },
    );
  }, 60_000);

  it('fail when more values are missing than allowed, by the column’s own limit where it has one', async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ id: `f${index}`, delay: 1, origin: index === 0 ? null : 'EWR' }));
    const check = (await judge(rows)).find('missing');
    expect([check?.verdict, check?.value]).toEqual(['fail', 0.1]);
    const lenient = await judge(rows, { checks: [{ check: 'missing', 'maximum-share': 0.05, 'by-column': { origin: 0.2 }, ...error }] });
    expect(lenient.find('missing')?.verdict).toBe('pass');
    const strict = await judge(rows, { checks: [{ check: 'missing', 'maximum-share': 0.5, 'by-column': { origin: 0 }, ...error }] });
    expect(strict.find('missing')).toMatchObject({ verdict: 'fail', threshold: '≤ 0.0 %' });
  });

  it('trust nothing about rows of another shape: all go to quarantine, the other checks are inconclusive', async () => {
    const judged = await judge([{ id: 'f1', delay: 3, origin: 'EWR' }], { type: 'VARCHAR' });
    expect(judged.quarantined).toBe(1);
    expect(judged.checks[0]?.verdict).toBe('fail');
    expect(judged.checks.slice(1).every(({ verdict }) => verdict === 'inconclusive')).toBe(true);
    expect(judged.reasons).toEqual([['schema: column delay is VARCHAR, not a number']]);
  });

  it('pass nothing of rows of another shape, even where the schema check itself would not stop them', async () => {
    for (const frame of [{ severity: 'warn' }, { mode: 'observe' }, { blocking: false }] as const) {
      const judged = await judge([{ id: 'f1', delay: 3, origin: 'EWR' }], { type: 'VARCHAR', checks: [{ check: 'schema', unexpected: 'allow', ...error, ...frame }, ...checks.slice(1)] });
      expect(concludeChecks(judged.checks)).toBe('inconclusive');
    }
  });

  it('take a column that is not declared as a mistake only where the pipeline says so', async () => {
    const rows = [{ id: 'f1', delay: 3, origin: 'EWR' }];
    expect((await judge(rows)).find('schema')?.verdict).toBe('pass');
    expect((await judge(rows, { checks: [{ check: 'schema', unexpected: 'fail', ...error }] })).find('schema')?.verdict).toBe('fail');
  });
});

describe('mode and blocking of a check', () => {
  const rows = Array.from({ length: 10 }, (_, index) => ({ id: `f${index}`, delay: index < 5 ? 500 : 1, origin: 'EWR' }));
  const range = (frame: Partial<CheckDefinition>) => judge(rows, { checks: [{ check: 'row-count', minimum: 1, ...error }, { check: 'range', ...rowError, ...frame } as CheckDefinition] });

  it('enforce: bad rows go to quarantine and a failure fails the verdict', async () => {
    const judged = await range({});
    expect([judged.quarantined, judged.find('range')?.severity, concludeChecks(judged.checks)]).toEqual([5, 'error', 'fail']);
  });

  it.each([
    ['warn', 'warn'],
    ['observe', 'info'],
  ] as const)('%s: rows stay, the failure is shown as %s and does not fail the verdict', async (mode, severity) => {
    const judged = await range({ mode });
    expect([judged.quarantined, judged.find('range')?.severity, judged.find('range')?.verdict, concludeChecks(judged.checks)]).toEqual([0, severity, 'fail', 'pass']);
    expect(judged.find('range')?.details?.['examples']).toHaveLength(5);
  });

  it('blocking: false lets an error go to quarantine without failing the verdict', async () => {
    const judged = await range({ blocking: false });
    expect([judged.quarantined, judged.find('range')?.severity, judged.find('range')?.blocking, concludeChecks(judged.checks)]).toEqual([5, 'error', false, 'pass']);
  });
});

describe('a condition of pipeline.yaml that DuckDB cannot read', () => {
  const rows = [{ id: 'f1', delay: 3, origin: 'EWR' }];
  it.each([
    ['a column that is not there', 'nothing > 3', 'domain-rule.wrong'],
    ['a syntax error', 'delay >', 'domain-rule.wrong'],
    ['a bracket that closes another', 'delay > 0) OR (true', 'domain-rule.wrong'],
    ['a comment', 'delay > 0 -- minutes', 'domain-rule.wrong'],
    ['a regular expression', "regexp_matches(origin, '(')", 'domain-rule.wrong'],
    ['a value that does not convert', 'CAST(origin AS INTEGER) > 3', 'domain-rule.wrong'],
  ])('is named by its check: %s', async (_what, rule, name) => {
    const wrong: CheckDefinition = { check: 'domain-rule', name: 'wrong', rule, reason: 'never', ...rowError };
    await expect(judge(rows, { checks: [...checks, wrong] })).rejects.toMatchObject({ code: 'condition-invalid', message: expect.stringContaining(name) });
  });
});
