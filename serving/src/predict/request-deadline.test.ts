import { expect, test } from 'vitest';
import type { EncodedRows, Scorer } from '../model/scorer.ts';
import { MicroBatcher } from './micro-batcher.ts';
import { RequestDeadline, requestTimeout } from './request-deadline.ts';

test('a request may ask for less than the service allows, in either header, and not for more', () => {
  expect(requestTimeout({}, 5000)).toBe(5000);
  expect(requestTimeout({ 'x-request-timeout-ms': '250' }, 5000)).toBe(250);
  expect(requestTimeout({ 'x-envoy-expected-rq-timeout-ms': '100', 'x-request-timeout-ms': '250' }, 5000)).toBe(100);
  expect(requestTimeout({ 'x-request-timeout-ms': '60000' }, 5000)).toBe(5000);
});

test.each(['', '0', '-1', '1.5', '1s', '1e3', '99999999999'])('a timeout of %j is refused by its header', (text) => {
  expect(() => requestTimeout({ 'x-request-timeout-ms': text }, 5000)).toThrow(expect.objectContaining({ code: 'deadline-invalid', message: expect.stringContaining('x-request-timeout-ms') as string }));
});

const rows = (count: number): EncodedRows => ({ count, numbers: new Float32Array(count), strings: [] });

test('rows whose deadline has passed and rows of callers that hung up are not run, the others are', async () => {
  const runs: number[] = [];
  const scorer: Scorer = {
    score: async (batch) => {
      runs.push(batch.count);
      return new Float32Array(batch.count);
    },
  };
  const batcher = new MicroBatcher(scorer, { maximumBatchRows: 100, maximumQueuedRows: 100 });
  const now = performance.now();
  const answers = await Promise.allSettled([
    batcher.score(rows(1), new RequestDeadline(now - 1000, 10, () => false)),
    batcher.score(rows(2), new RequestDeadline(now, 60_000, () => false)),
    batcher.score(rows(4), new RequestDeadline(now, 60_000, () => true)),
    batcher.score(rows(8)),
  ]);
  expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.length : (answer.reason as { code: string }).code))).toEqual(['deadline-exceeded', 2, 'client-closed', 8]);
  expect([runs, batcher.queuedRows]).toEqual([[10], 0]);
});

test('a run in which nobody is left does not happen, and the queue goes on', async () => {
  const batcher = new MicroBatcher({ score: async (batch) => new Float32Array(batch.count) }, { maximumBatchRows: 1, maximumQueuedRows: 100 });
  const late = new RequestDeadline(performance.now() - 1000, 1, () => false);
  const answers = await Promise.allSettled([batcher.score(rows(1), late), batcher.score(rows(1), late), batcher.score(rows(1))]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});

test('bulk lets other requests in between its runs', async () => {
  const runs: number[] = [];
  const batcher = new MicroBatcher({ score: async (batch) => (runs.push(batch.count), new Float32Array(batch.count)) }, { maximumBatchRows: 10, maximumQueuedRows: 100 });
  const [bulk, single] = await Promise.all([batcher.scoreInTurns(rows(25)), batcher.score(rows(1))]);
  expect([bulk.length, single.length, runs]).toEqual([25, 1, [10, 1, 10, 5]]);
});
