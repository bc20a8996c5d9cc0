import { expect, test } from 'vitest';
import { formatChange, formatCount, formatEstimate, formatNumber, formatShare } from './format-number.ts';

test('what is missing or undefined never looks like a number', () => {
  for (const nothing of [undefined, null, Number.NaN]) expect(formatNumber(nothing)).toBe('–');
  expect(formatShare(Number.POSITIVE_INFINITY)).toBe('–');
});

test.each([
  [0.87123, '0.871'],
  [0.00004321, '0.000043'],
  [-0.0123, '−0.012'],
  [12.345, '12.35'],
  [27004, '27,004'],
  [1234.5, '1,235'],
  [0, '0'],
])('%d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('gains carry their sign, also inside the interval', () => {
  expect(formatEstimate(0.069, [0.054, 0.085], true)).toBe('+0.069 [+0.054, +0.085]');
  expect(formatChange(-0.01)).toBe('−0.010');
  expect(formatCount(-1234567)).toBe('−1,234,567');
});
