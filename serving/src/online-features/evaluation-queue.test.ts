import { expect, it } from 'vitest';
import { EvaluationQueue } from './evaluation-queue.ts';

it('does one thing at a time: what is urgent first, then in the order it was asked for', async () => {
  const queue = new EvaluationQueue();
  const done: string[] = [];
  let running = 0;
  const work = (name: string) => async (): Promise<string> => {
    running += 1;
    expect(running).toBe(1);
    await Promise.resolve();
    running -= 1;
    done.push(name);
    return name;
  };
  const all = Promise.all([queue.add(work('past'), false), queue.add(work('older'), false), queue.add(work('present'), true), queue.add(work('next'), true)]);
  expect(queue.length).toBe(4);
  expect(await all).toEqual(['past', 'older', 'present', 'next']);
  expect(done).toEqual(['present', 'next', 'past', 'older']);
  await queue.idle();
  expect(queue.length).toBe(0);
});

it('goes on after work that failed', async () => {
  const queue = new EvaluationQueue();
  const failed = queue.add(() => Promise.reject(new Error('no')), false);
  const next = queue.add(() => Promise.resolve('yes'), false);
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
