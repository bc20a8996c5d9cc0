import { describe, expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

describe('inParallel', () => {
  it('answers in the order of the items and never does more than the width at a time', async () => {
    let running = 0;
    let most = 0;
    const answers = await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      running -= 1;
      return item * 10;
    });
    expect(answers).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('begins nothing after a failure, and throws it when all is at rest', async () => {
    const begun: number[] = [];
    let finished = false;
    const work = inParallel([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('first');
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      finished = true;
      return item;
    });
    await expect(work).rejects.toThrow('first');
    expect([begun, finished]).toEqual([[1, 2], true]);
  });
});
