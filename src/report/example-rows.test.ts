import { expect, test } from 'vitest';
import type { Check } from '../verdict/verdict.ts';
import { cutText, exampleRows } from './example-rows.ts';

const check = (examples: NonNullable<Check['details']>[string]): Check => ({ id: 'a', title: 'a', value: null, severity: 'error', verdict: 'fail', details: { examples } });

test('columns are those of all rows, in the order in which they appear; what a row lacks is a dash', () => {
  expect(exampleRows(check([{ a: 1, b: 'x' }, { c: true, a: 0.1 }]))).toEqual({ columns: ['a', 'b', 'c'], rows: [['1', 'x', '–'], ['0.1', '–', 'true']] });
});

test('five rows and twelve columns are shown at most, one of each at least', () => {
  const wide = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`c${index}`, index]));
  const found = exampleRows(check(Array.from({ length: 9 }, () => wide)), 100);
  expect([found?.rows.length, found?.columns.length, found?.rows[0]?.length]).toEqual([5, 12, 12]);
  expect(exampleRows(check([wide]), 0)).toBeUndefined();
});

test('a column named like something that every object has is not taken for it', () => {
  expect(exampleRows(check([{ a: 1 }, { toString: 'mine' }]))?.rows).toEqual([['1', '–'], ['–', 'mine']]);
});

test('lists of texts are joined, anything else inside a cell is JSON', () => {
  expect(exampleRows(check([{ a: ['x', 'y'], b: [1, null], c: { d: 1 } }]))?.rows).toEqual([['x; y', '[1,null]', '{"d":1}']]);
});

test('a long text is cut to its limit and never inside a character', () => {
  expect(cutText('abcdef', 6)).toBe('abcdef');
  expect(cutText('abcdefg', 6)).toBe('abcde…');
  expect(cutText('abcd🛫fg', 6)).toBe('abcd…');
});
