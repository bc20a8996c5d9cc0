import { expect, test } from 'vitest';
import type { Table } from '../data/table.ts';
import { measureLatency } from './latency.ts';
import type { ModelScorer } from './model-scorer.ts';

const table: Table = { rows: 100, numbers: new Map([['x', Float64Array.from({ length: 100 }, (_, row) => row)]]), strings: new Map() };

test('each model is charged with its own time, and the first in a round changes', async () => {
  let now = 0;
  const calls: string[] = [];
  const scorer = (name: string, cost: number): ModelScorer => ({
    score: (rows) => {
      calls.push(name);
      now += cost;
      return Promise.resolve(new Float64Array(rows.rows));
    },
    release: () => Promise.resolve(),
  });
  const options = { table, stopwatch: { wall: () => now, cpu: () => now }, rounds: 4, callsPerRound: 2 };
  const measured = await measureLatency({ ...options, candidate: scorer('candidate', 3), champion: scorer('champion', 2) });
  expect(measured).toEqual({ p95: 3, calls: 8, ratio: { value: 1.5, interval: [1.5, 1.5], rounds: 4 } });
  expect(calls.slice(4).filter((_, index) => index % 4 === 0)).toEqual(['champion', 'candidate', 'champion', 'candidate']);
});

test('without rows there is no latency', async () => {
  const none: ModelScorer = { score: () => Promise.reject(new Error('must not be asked')), release: () => Promise.resolve() };
  const empty: Table = { rows: 0, numbers: new Map(), strings: new Map() };
  expect(await measureLatency({ candidate: none, champion: undefined, table: empty, stopwatch: { wall: () => 0, cpu: () => 0 } })).toBeUndefined();
});
