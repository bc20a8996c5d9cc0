import { describe, expect, it } from 'vitest';
import { timeLeft } from './time-left.ts';

describe('timeLeft', () => {
  it.each([
    [{ elapsed: 9_000, done: 3, total: 10 }, 'at most 21 s'],
    [{ elapsed: 60_000, done: 1, total: 4 }, 'at most 3 min'],
    [{ elapsed: 1_000, done: 8, total: 8 }, 'at most 0 s'],
    [{ elapsed: 1_000, done: 0, total: 8 }, undefined],
  ])('counts on in the pace of %o', (progress, text) => {
    expect(timeLeft(progress)).toBe(text);
  });
});
