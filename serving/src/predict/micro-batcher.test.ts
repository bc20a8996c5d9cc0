import { expect, test } from 'vitest';
import type { EncodedRows, Scorer } from '../model/scorer.ts';
import { MicroBatcher } from './micro-batcher.ts';

const row = (value: number, count = 1): EncodedRows => ({ count, numbers: new Float32Array(count).fill(value), strings: Array.from({ length: count }, () => String(value)) });

/** Answers each row with its number; a run ends when the test lets it. */
function heldScorer() {
  const runs: { rows: EncodedRows; finish: () => void; fail: (error: Error) => void }[] = [];
  const arrived: (() => void)[] = [];
  const scorer: Scorer = {
    score: (rows) =>
      new Promise((resolve, reject) => {
        runs.push({ rows, finish: () => resolve(rows.numbers.slice()), fail: reject });
        arrived.shift()?.();
      }),
  };
  const nextRun = (): Promise<void> => new Promise((resolve) => void arrived.push(resolve));
  return { scorer, runs, nextRun };
}

test('requests that arrive while the model runs share its next run, each with its own answer', async () => {
  const { scorer, runs, nextRun } = heldScorer();
  const batcher = new MicroBatcher(scorer, { maximumBatchRows: 100, maximumQueuedRows: 100 });
  let started = nextRun();
  const first = batcher.score(row(1));
  await started;
  const others = [batcher.score(row(2)), batcher.score(row(3, 2)), batcher.score(row(4))];
  expect(batcher.queuedRows).toBe(4);
  started = nextRun();
  runs[0]?.finish();
  await started;
  runs[1]?.finish();
  expect([...(await first)]).toEqual([1]);
  expect((await Promise.all(others)).map((scores) => [...scores])).toEqual([[2], [3, 3], [4]]);
  expect(runs.map(({ rows }) => rows.count)).toEqual([1, 4]);
  expect(runs[1]?.rows.strings).toEqual(['2', '3', '3', '4']);
});

test('a run holds no more rows than allowed, unless one request alone does', async () => {
  const counts: number[] = [];
  const batcher = new MicroBatcher({ score: async (rows) => rows.numbers }, { maximumBatchRows: 3, maximumQueuedRows: 100, onBatch: (rows) => counts.push(rows) });
  await Promise.all([batcher.score(row(1, 2)), batcher.score(row(2, 2)), batcher.score(row(3, 5))]);
  expect(counts).toEqual([2, 2, 5]);
});

test('a full queue refuses at once and forgets nothing it took', async () => {
  const batcher = new MicroBatcher({ score: async (rows) => rows.numbers }, { maximumBatchRows: 10, maximumQueuedRows: 3 });
  const taken = [batcher.score(row(1, 5))];
  await expect(batcher.score(row(2))).rejects.toMatchObject({ code: 'overloaded', statusCode: 503 });
  expect((await Promise.all(taken))[0]).toHaveLength(5);
  expect([...(await batcher.score(row(3)))]).toEqual([3]);
});

test('a failed run fails its own requests and not the next', async () => {
  const { scorer, runs, nextRun } = heldScorer();
  const batcher = new MicroBatcher(scorer, { maximumBatchRows: 10, maximumQueuedRows: 10 });
  let started = nextRun();
  const failing = batcher.score(row(1));
  await started;
  const next = batcher.score(row(2));
  started = nextRun();
  runs[0]?.fail(new Error('broken'));
  await expect(failing).rejects.toThrow('broken');
  await started;
  runs[1]?.finish();
  expect([...(await next)]).toEqual([2]);
});

test('a row does not wait for those that come one a turn without an end', async () => {
  const runs: number[] = [];
  const scorer: Scorer = { score: async ({ count, numbers }) => (runs.push(count), numbers.slice()) };
  const batcher = new MicroBatcher(scorer, { maximumBatchRows: 1024, maximumQueuedRows: 1024 });
  const scored: Promise<Float32Array>[] = [];
  for (let turn = 0; turn < 400; turn += 1) {
    scored.push(batcher.score(row(turn)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await Promise.all(scored)).map(([value]) => value)).toEqual(Array.from({ length: 400 }, (_, turn) => turn));
  // And none of them alone: they are gathered.
  expect([Math.max(...runs) <= 65, Math.min(...runs.slice(0, -1)) > 10]).toEqual([true, true]);
});
