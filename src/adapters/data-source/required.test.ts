import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { withDatabase } from '../../data/database.ts';
import { requiringSource } from './required.ts';

const native = { load: createRequire(import.meta.url) };

it('gives the rows that have every required column, and keeps the others with their reason', async () => {
  const source = requiringSource({ resolve: () => Promise.resolve({ relation: `(VALUES (1, 'a'), (NULL, 'b'), (3, NULL)) AS rows(id, code)`, files: [{ name: 'rows.csv', digest: 'sha256:0', size: 1 }] }) }, ['id', 'code']);
  const { relation, rejected } = await source.resolve({ root: '.', from: 0, to: 1, asOf: 1, workDirectory: '.' });
  const found = await withDatabase(native, async (database) => [await database.rows(`SELECT * FROM ${relation}`), await database.rows(`SELECT file, reason, text FROM ${rejected ?? ''} ORDER BY reason`)]);
  expect(found).toEqual([
    [{ id: 1, code: 'a' }],
    [
      { file: 'rows.csv', reason: 'code is missing', text: '{"id":3,"code":null}' },
      { file: 'rows.csv', reason: 'id is missing', text: '{"id":null,"code":"b"}' },
    ],
  ]);
});
