import { expect, it } from 'vitest';
import { lineDiff } from './line-diff.ts';

it('shows removed and added lines among the kept ones', () => {
  expect(lineDiff('a.yaml', 'one\ntwo\nthree\n', 'one\n2\nthree\nfour\n')).toBe('--- a/a.yaml\n+++ b/a.yaml\n one\n-two\n+2\n three\n+four\n');
});

it('is empty where nothing changes', () => {
  expect(lineDiff('a.yaml', 'same\n', 'same\n')).toBe('');
});
