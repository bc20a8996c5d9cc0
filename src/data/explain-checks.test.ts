import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import type { PlannedCheck } from './checks/plan-checks.ts';
import { planChecks } from './checks/plan-checks.ts';
import { explainChecks } from './explain-checks.ts';
import { duckDbDialect } from './sql/duckdb-dialect.ts';
import type { SqlDialect } from './sql/sql-dialect.ts';
import { trinoDialect } from './sql/trino-dialect.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const error = { severity: 'error', mode: 'enforce' } as const;
const rowError = { ...error, 'maximum-bad-share': 0.05 } as const;
const definition: typeof pipeline.definition = {
  ...pipeline.definition,
  'scored-rows': 'delay IS NOT NULL',
  columns: {
    id: { type: 'string', role: 'key', known: 'schedule', optional: false, pattern: "^[A-Z']{2}[$0-9]+\\$$" },
    delay: { type: 'number', role: 'label', known: 'schedule', optional: false, range: [-60.5, 100] },
    hour: { type: 'number', role: 'feature', known: 'schedule', optional: false, range: [0, 24] },
    origin: { type: 'string', role: 'feature', known: 'schedule', optional: false, values: ['EWR', "O'Hare"] },
  },
  checks: [
    { check: 'schema', unexpected: 'allow', ...error },
    { check: 'missing', 'maximum-share': 0.05, ...error },
    { check: 'range', ...rowError },
    { check: 'allowed-values', ...rowError, mode: 'observe' },
    { check: 'pattern', ...rowError },
    { check: 'uniqueness', columns: ['id', 'hour'], ...rowError },
    { check: 'domain-rule', name: 'late-is-ewr', rule: "delay < 50 OR origin = 'EWR'", reason: 'only EWR is that late', ...rowError },
    { check: 'outliers', columns: ['delay'], fence: 1.5, ...error, severity: 'warn' },
    { check: 'row-count', minimum: 1, ...error },
  ],
};
const types = { duckdb: ['VARCHAR', 'DOUBLE', 'INTEGER', 'VARCHAR', 'TIMESTAMP'], trino: ['varchar', 'double', 'integer', 'varchar', 'timestamp(3)'] } as const;

function explain(dialect: SqlDialect) {
  const found = ['id', 'delay', 'hour', 'origin', 'Check_"x'].map((name, index) => ({ name, type: types[dialect.name][index] ?? '' }));
  const order = dialect.name === 'duckdb' ? ['file_index', 'file_row_number'] : [];
  const planned: PlannedCheck[] = planChecks({ definition, dialect, found, relation: 'flights', order, asOf: 0, window: undefined, sources: {}, reference: undefined });
  return explainChecks({ dialect, relation: 'flights', planned, found, key: ['id'], order, eventTime: 'Check_"x' });
}

describe('the SQL of the checks', () => {
  it.each([duckDbDialect, trinoDialect])('for $name is this, statement by statement', async (dialect) => {
    const text = explain(dialect)
      .map(({ name, purpose, sql }) => `-- ${name}: ${purpose}\n${sql};\n`)
      .join('\n');
    await expect(text).toMatchFileSnapshot(`../../test/golden/checks.${dialect.name}.sql`);
  });

  it('looks at all rows of a warehouse once for everything that can be counted together', () => {
    const names = explain(trinoDialect).map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['scan', 'suspects.id.hour', 'duplicates']);
  });

  it('has a look for each rule in DuckDB, which reads only the columns that the look names', () => {
    const statements = explain(duckDbDialect);
    expect(statements.slice(0, 4).map(({ name }) => name)).toEqual(['bad-rows', 'table', 'suspects.id.hour', 'duplicates']);
    expect(statements[0]?.sql.match(/ FROM flights| AS rows WHERE/g)).toHaveLength(definition.checks.length - 2);
  });

  it('lets no limits that a file states for its numbers decide about NaN, which they leave out', () => {
    const [badRows] = explain(duckDbDialect);
    expect(badRows?.sql).toContain('SELECT * REPLACE (-(-"delay") AS "delay") FROM flights) AS rows WHERE NOT (delay < 50');
  });
});

describe('what the dialects write differently', () => {
  it('is where a regular expression ends: Trino’s $ would also match before a last line break', () => {
    expect(trinoDialect.matches('x', '^a$')).toBe("regexp_like(x, '^a\\z')");
    expect(trinoDialect.matches('x', '[$]\\$[^]$]$|b$')).toBe("regexp_like(x, '[$]\\$[^]$]\\z|b\\z')");
    expect(duckDbDialect.matches('x', 'a$')).toBe("regexp_matches(x, 'a$')");
  });

  it('is how a pattern is asked that is anchored at both ends', () => {
    expect(duckDbDialect.matches('x', '^a$')).toBe("regexp_full_match(x, '^a$')");
    for (const partial of ['^a', 'a$', '^a|b$', '^a\\$']) expect(duckDbDialect.matches('x', partial)).toMatch(/^regexp_matches/);
    expect(duckDbDialect.matches('x', '^a\\\\$')).toMatch(/^regexp_full_match/);
  });

  it('is never a number: both read a double with all its digits', () => {
    for (const { number } of [duckDbDialect, trinoDialect]) {
      expect([0, 0.1, -60.5, 1e21, 5e-324, 123456789.125].map(number)).toEqual(['0E0', '1E-1', '(-6.05E1)', '1E21', '5E-324', '1.23456789125E8']);
      expect(() => number(Number.NaN)).toThrow(RangeError);
    }
  });

  it('is never a name: quotes in it are doubled, so that it stays one', () => {
    for (const { identifier, text } of [duckDbDialect, trinoDialect]) expect([identifier('a"; DROP'), text("o'f")]).toEqual(['"a""; DROP"', "'o''f'"]);
  });
});
