import { expect, test } from 'vitest';
import { sampled } from './sampled.ts';

const ids = Array.from({ length: 4000 }, (_, index) => `pod-1-20130601T000000000Z-${index}`);

test('a request is in or out by its id alone', () => {
  for (const id of ids.slice(0, 50)) expect(sampled(id, 0.5, 'log')).toBe(sampled(id, 0.5, 'log'));
});

test.each([0, 0.1, 0.5, 1])('about a share of %f of the requests is kept, and a larger share keeps all of a smaller one', (share) => {
  const kept = ids.filter((id) => sampled(id, share, 'log'));
  // Five standard deviations of 4,000 draws.
  expect(Math.abs(kept.length / ids.length - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / ids.length) + 1e-9);
  expect(kept.every((id) => sampled(id, Math.min(1, share + 0.2), 'log'))).toBe(true);
});

test('two purposes do not keep the same requests', () => {
  const both = ids.filter((id) => sampled(id, 0.5, 'log') && sampled(id, 0.5, 'shadow'));
  expect(Math.abs(both.length / ids.length - 0.25)).toBeLessThan(0.05);
});
