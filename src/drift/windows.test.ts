import { expect, test } from 'vitest';
import { blockDaysOf, daysOf, driftWindow } from './windows.ts';

test('the window ends with the last whole UTC day before the moment judged from', () => {
  const window = driftWindow(Date.parse('2013-07-08T09:30:00Z'), 28 * 86_400_000);
  expect(daysOf(window)).toHaveLength(28);
  expect([daysOf(window)[0], daysOf(window).at(-1)]).toEqual(['2013-06-10', '2013-07-07']);
});

test('whole weeks stay together in resampling, also where a day of the window has no rows', () => {
  expect([1, 6, 7, 22, 27, 28].map(blockDaysOf)).toEqual([1, 1, 7, 7, 7, 7]);
});
