import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { withDatabase, type Database } from './database.ts';
import { readTable } from './read-table.ts';

const native = { load: createRequire(import.meta.url) };

async function createRows(database: Database): Promise<void> {
  await database.run(`CREATE TABLE t AS SELECT * FROM (VALUES
    (1, 'a', 'é, a text of more than twelve bytes', TRUE, TIMESTAMP '2013-01-01'),
    (NULL, NULL, '', NULL, NULL),
    (3, 'a', NULL, FALSE, NULL)) AS v(number, short, long, flag, time)`);
}

it('reads missing numbers as NaN, missing texts as empty, and a column named twice once', async () => {
  const table = await withDatabase(native, async (database) => {
    await createRows(database);
    return readTable(database, 't', { columns: ['number', 'short', 'long', 'flag', 'time', 'short'] });
  });
  expect(table.rows).toBe(3);
  expect(Object.fromEntries([...table.numbers].map(([name, values]) => [name, [...values]]))).toEqual({
    number: [1, Number.NaN, 3],
    flag: [1, Number.NaN, 0],
    time: [Date.UTC(2013, 0, 1), Number.NaN, Number.NaN],
  });
  expect(Object.fromEntries(table.strings)).toEqual({ short: ['a', '', 'a'], long: ['é, a text of more than twelve bytes', '', ''] });
});

it('keeps the order asked for over many chunks, call after call', async () => {
  const tables = await withDatabase(native, async (database) => {
    await database.run("CREATE TABLE t AS SELECT range AS number, 'text ' || range % 700 AS text FROM range(20000)");
    return [
      await readTable(database, 't', { columns: ['number', 'text'], where: 'number >= 10', orderBy: ['number'] }),
      await readTable(database, 't', { columns: ['text', 'number'], where: 'number < 0' }),
    ];
  });
  const expected = Array.from({ length: 19_990 }, (_, index) => index + 10);
  expect([...(tables[0]?.numbers.get('number') ?? [])]).toEqual(expected);
  expect(tables[0]?.strings.get('text')).toEqual(expected.map((value) => `text ${value % 700}`));
  expect(tables[1]).toMatchObject({ rows: 0, strings: new Map([['text', []]]) });
});

it('says which columns there are where one is missing', async () => {
  const reading = withDatabase(native, async (database) => {
    await createRows(database);
    return readTable(database, 't', { columns: ['number', 'wind'] });
  });
  await expect(reading).rejects.toMatchObject({ code: 'column-missing', message: expect.stringContaining('number, short, long, flag, time') as string });
});

it('spills into a folder of its own, never the working directory, and removes it', async () => {
  const folder = await withDatabase(native, async (database) => {
    const [setting] = await database.rows("SELECT current_setting('temp_directory') AS folder");
    const found = String(setting?.['folder']);
    expect(readdirSync(found)).toEqual([]);
    return found;
  });
  expect(folder.startsWith(tmpdir())).toBe(true);
  expect(existsSync(folder)).toBe(false);
});
