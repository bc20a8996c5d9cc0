import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { withDatabase } from '../../data/database.ts';
import { UserError } from '../../errors.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { layeredSource } from './layered.ts';

const native = { load: createRequire(import.meta.url) };
const window = { root: '.', from: 0, to: 1, asOf: 1, workDirectory: '.' };
const layer = (name: string, rows: string): DataSource => ({ resolve: () => Promise.resolve({ relation: `(SELECT * FROM ${rows})`, files: [{ name, digest: 'sha256:0', size: 1 }] }) });
const empty: DataSource = { resolve: () => Promise.reject(new UserError('source-nothing-in-window', 'no day matches')) };

async function rowsOf(source: DataSource) {
  const { relation, files } = await source.resolve(window);
  const rows = await withDatabase(native, (database) => database.rows(`SELECT * FROM ${relation} ORDER BY ALL`));
  return { rows, files: files.map(({ name }) => name) };
}

describe('layeredSource', () => {
  const history = layer('history', `(VALUES (1, 'a', 10), (2, 'b', 20), (2, 'b', 21), (NULL, 'c', 30)) AS h(id, code, delay)`);
  const recent = layer('recent', `(VALUES (2, 'b', 99, 'late'), (4, 'd', 40, NULL)) AS r(id, code, delay, note)`);

  it('lets a row of a later layer replace those of earlier layers with its key, and loses no other', async () => {
    const { rows, files } = await rowsOf(layeredSource([history, recent], ['id', 'code']));
    expect(rows.map(({ id, delay, note }) => [id, delay, note])).toEqual([[1, 10, null], [2, 99, 'late'], [4, 40, null], [null, 30, null]]);
    expect(files).toEqual(['history', 'recent']);
  });

  it('neither replaces nor loses a row that lacks a part of its key', async () => {
    const below = layer('below', `(VALUES (NULL, 1), (NULL, 2), ('x', 3)) AS h(id, delay)`);
    const above = layer('above', `(VALUES (NULL, 9), ('x', 4)) AS r(id, delay)`);
    expect((await rowsOf(layeredSource([below, above], ['id']))).rows.map(({ delay }) => delay)).toEqual([4, 1, 2, 9]);
  });

  it('gives the rows that were replaced, to be counted', async () => {
    const { replaced } = await layeredSource([history, recent], ['id', 'code']).resolve(window);
    const rows = await withDatabase(native, (database) => database.rows(`SELECT delay FROM ${replaced ?? ''} ORDER BY ALL`));
    expect(rows.map(({ delay }) => delay)).toEqual([20, 21]);
  });

  it('keeps duplicates within a layer, for the checks to find', async () => {
    const { rows } = await rowsOf(layeredSource([recent, history], ['id', 'code']));
    expect(rows.filter(({ id }) => id === 2).map(({ delay }) => delay)).toEqual([20, 21]);
  });

  it('does not take a layer whose files are nowhere for an empty one', async () => {
    const mistyped: DataSource = { resolve: () => Promise.reject(new UserError('source-missing', 'no file matches corections.parquet')) };
    await expect(layeredSource([history, mistyped], ['id']).resolve(window)).rejects.toThrow('corections.parquet');
  });

  it('does without a layer that has nothing in the window, but not without all', async () => {
    expect((await rowsOf(layeredSource([history, empty], ['id']))).files).toEqual(['history']);
    await expect(layeredSource([empty, empty], ['id']).resolve(window)).rejects.toThrow('no day matches');
  });
});
