import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CheckRulesSql } from './check-rules-sql.ts';
import { withDatabase } from './database.ts';
import { findSuspects } from './find-suspects.ts';
import type { ChecksTarget } from './run-checks.ts';
import { createDuckDbEngine } from './sql/duckdb-engine.ts';
import { duckDbDialect } from './sql/duckdb-dialect.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

const native = { load: createRequire(import.meta.url) };
const target: ChecksTarget = {
  relation: 'flights',
  planned: [{ severity: 'error', mode: 'enforce', blocking: true, plan: { kind: 'rows', id: 'uniqueness', title: '', remedy: '', maximumShare: 0, rules: [{ reason: 'there already', key: ['id', 'departure'] }] } }],
  found: [
    { name: 'id', type: 'INTEGER' },
    { name: 'departure', type: 'TIMESTAMP' },
  ],
  key: ['id', 'departure'],
  order: ['rowid'],
  eventTime: 'departure',
};

interface Row {
  readonly id: number | null;
  readonly hour: number | null;
}

/** How many suspects there are, and how many statements it took. */
function suspectsOf(rows: readonly Row[]): Promise<{ suspects: number | undefined; statements: number }> {
  return withDatabase(native, async (database) => {
    await database.run('CREATE TABLE flights (id INTEGER, departure TIMESTAMP)');
    if (rows.length > 0) await database.run(`INSERT INTO flights VALUES ${rows.map(({ id, hour }) => `(${id ?? 'NULL'}, ${hour === null ? 'NULL' : `TIMESTAMP '2013-01-01' + INTERVAL ${hour} HOUR`})`).join(', ')}`);
    let statements = 0;
    const engine: SqlEngine = {
      dialect: duckDbDialect,
      rows: (sql) => {
        statements += 1;
        return createDuckDbEngine(database).rows(sql);
      },
    };
    const suspects = await findSuspects(engine, new CheckRulesSql(target, duckDbDialect));
    return { suspects: suspects.get('id,departure')?.length, statements };
  });
}

/** The keys that come more than once, one row at a time. */
function repeatedKeys(rows: readonly Row[]): number {
  const counts = new Map<string, number>();
  for (const { id, hour } of rows) if (id !== null && hour !== null) counts.set(`${id} ${hour}`, (counts.get(`${id} ${hour}`) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}

it('finds every key that comes twice, whether rows lie in the order of their time or not', async () => {
  const row = fc.record({ id: fc.option(fc.integer({ min: 0, max: 6 }), { freq: 9 }), hour: fc.option(fc.integer({ min: 0, max: 4 }), { freq: 9 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.boolean(), async (rows, sorted) => {
      const lying = sorted ? rows.toSorted((a, b) => (a.hour ?? 0) - (b.hour ?? 0)) : rows;
      expect((await suspectsOf(lying)).suspects).toBe(repeatedKeys(lying));
    }),
    { numRuns: 40, seed: 2013 },
  );
}, 60_000);

it('asks once where rows lie in the order of their time, whatever the order among those of the same time', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => ({ id: (index * 7) % 20, hour: Math.floor(index / 20) }));
  expect(await suspectsOf(rows)).toEqual({ suspects: 0, statements: 1 });
  expect(await suspectsOf([...rows, { id: 4, hour: 19 }, { id: 9, hour: 19 }])).toEqual({ suspects: 2, statements: 1 });
});

it('trusts no neighbours where too many rows have the same time, and finds the duplicate that lies far away', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ id: index, hour: 3 }));
  expect((await suspectsOf([...rows, { id: 0, hour: 3 }])).suspects).toBe(1);
});

it('leaves out a key of which very many come twice', async () => {
  const rows = Array.from({ length: 2400 }, (_, index) => ({ id: index >> 1, hour: index >> 1 }));
  expect((await suspectsOf(rows)).suspects).toBeUndefined();
});
