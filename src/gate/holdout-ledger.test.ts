import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { readCommittedLooks } from './committed-looks.ts';
import { type HoldoutDecision, recordHoldoutUse, testRowsDigest } from './holdout-ledger.ts';
import { overlapOf, usesOfHalf } from './window-overlap.ts';

const decision = (candidate: string, more: Partial<HoldoutDecision> = {}): HoldoutDecision => ({
  pipeline: 'flight-delay',
  testRows: digestOf('may'),
  rows: 28_000,
  window: { from: '2013-05-01', to: '2013-05-29' },
  candidate: digestOf(candidate),
  champion: undefined,
  looks: [],
  asOf: 0,
  ...more,
});

describe('the ledger of decisions on test rows', () => {
  test('counts other candidates and other champions on the same rows, and the same decision again as none', async () => {
    const store = new MemoryArtifactStore();
    expect(await recordHoldoutUse(store, decision('a'))).toBe(0);
    expect(await recordHoldoutUse(store, decision('b'))).toBe(1);
    expect(await recordHoldoutUse(store, decision('b', { champion: digestOf('a') }))).toBe(2);
    expect(await recordHoldoutUse(store, decision('a', { asOf: 5 }))).toBe(0);
    expect(await store.list('holdout/flight-delay/')).toHaveLength(3);
  });

  test.each([
    ['the same days with a row more', { from: '2013-05-01', to: '2013-05-29' }, 1],
    ['half of the days', { from: '2013-05-15', to: '2013-06-12' }, 1],
    ['less than half', { from: '2013-05-16', to: '2013-06-13' }, 0],
    ['the days after', { from: '2013-05-29', to: '2013-06-26' }, 0],
    ['a longer window around', { from: '2013-04-01', to: '2013-07-01' }, 0],
  ])('%s: an earlier look counts from half of the days on', async (_name, window, earlier) => {
    const store = new MemoryArtifactStore();
    await recordHoldoutUse(store, decision('a'));
    expect(await recordHoldoutUse(store, decision('b', { testRows: digestOf('other rows'), window }))).toBe(earlier);
  });

  test('every day counts its own uses: halves that were used apart are used when they are put together, and so is a window twice as long', async () => {
    const uses = (count: number, from: string, to: string) => Array<{ from: string; to: string }>(count).fill({ from, to });
    const window = { from: '2013-05-01', to: '2013-05-29' };
    expect(usesOfHalf(window, [...uses(3, '2013-04-17', '2013-05-08'), ...uses(3, '2013-05-22', '2013-06-19')])).toBe(3);
    expect(usesOfHalf({ from: '2013-05-01', to: '2013-06-26' }, uses(10, '2013-05-01', '2013-05-29'))).toBe(10);
    expect(usesOfHalf(window, [...uses(2, '2013-05-01', '2013-05-29'), ...uses(5, '2013-05-01', '2013-05-14')])).toBe(2);
    expect(usesOfHalf({ from: '2013-05-01', to: '2013-05-02' }, uses(1, '2013-05-02', '2013-05-03'))).toBe(0);
    const store = new MemoryArtifactStore();
    for (let week = 0; week < 4; week++) {
      const days = { from: `2013-05-${String(1 + 7 * week).padStart(2, '0')}`, to: `2013-05-${String(8 + 7 * week).padStart(2, '0')}` };
      expect(await recordHoldoutUse(store, decision(`week ${week}`, { testRows: digestOf(`week ${week}`), window: days }))).toBe(0);
    }
    // No week covers half of the month; together they have seen all of it.
    expect(await recordHoldoutUse(store, decision('month'))).toBe(1);
  });

  test('what people have decided on these days counts as written when the gate first decided; a look that decided nothing does not', async () => {
    const store = new MemoryArtifactStore();
    const look = (decided: boolean) => ({ window: { from: '2013-05-01', to: '2013-06-01' }, decided });
    expect(await recordHoldoutUse(store, decision('a', { looks: [look(true), look(false), look(true)] }))).toBe(2);
    expect(await recordHoldoutUse(store, decision('a', { looks: Array<ReturnType<typeof look>>(5).fill(look(true)) }))).toBe(2);
    expect(await recordHoldoutUse(store, decision('b', { looks: [look(true)] }))).toBe(2);
  });

  test('the gates of the closed loop end before their budget does', async () => {
    const folder = join(import.meta.dirname, '../../pipelines/flight-delay');
    const looks = await readCommittedLooks(folder);
    const { gate } = (await loadPipeline(join(folder, 'pipeline.yaml'))).definition;
    const store = new MemoryArtifactStore();
    const starts = ['2013-05-31', '2013-06-26', '2013-07-21', '2013-08-15', '2013-09-09', '2013-10-05', '2013-10-30', '2013-11-25', '2013-12-02'];
    const counts: number[] = [];
    for (const from of starts) {
      const to = new Date(Date.parse(from) + 28 * 86_400_000).toISOString().slice(0, 10);
      counts.push(await recordHoldoutUse(store, decision(from, { testRows: digestOf(from), window: { from, to }, looks })));
    }
    // One is the loop itself, written down from July on; the last is tried again a week after the one before.
    expect(counts).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(Math.max(...counts)).toBeLessThan(gate.holdout?.budget ?? 0);
  });

  test('pipelines do not see each other', async () => {
    const store = new MemoryArtifactStore();
    await recordHoldoutUse(store, decision('a'));
    expect(await recordHoldoutUse(store, decision('b', { pipeline: 'other' }))).toBe(0);
  });

  test('a record that cannot be read stops the gate: nobody can say how often the rows have decided', async () => {
    const store = new MemoryArtifactStore();
    store.objects.set('holdout/flight-delay/x.json', Buffer.from('{}'));
    await expect(recordHoldoutUse(store, decision('a'))).rejects.toMatchObject({ code: 'artifact-corrupt' });
  });

  test('a record without a number stands before all others, also when a gate is run again', async () => {
    const store = new MemoryArtifactStore();
    await recordHoldoutUse(store, decision('a'));
    store.objects.set('holdout/flight-delay/restored.json', store.objects.get('holdout/flight-delay/00000001.json') ?? new Uint8Array());
    store.objects.delete('holdout/flight-delay/00000001.json');
    expect(await recordHoldoutUse(store, decision('b'))).toBe(1);
    expect(await recordHoldoutUse(store, decision('b'))).toBe(1);
  });

  test('gates that run at once stand one after the other: none counts as many as another', async () => {
    const store = new MemoryArtifactStore();
    const candidates = ['a', 'b', 'c', 'd'];
    const counts = await Promise.all(candidates.map((candidate) => recordHoldoutUse(store, decision(candidate))));
    expect([...counts].sort()).toEqual([0, 1, 2, 3]);
    expect(await Promise.all(candidates.map((candidate) => recordHoldoutUse(store, decision(candidate))))).toEqual(counts);
  });

  test('two runs of one gate at once write one record and say the same', async () => {
    const store = new MemoryArtifactStore();
    const [one, two] = await Promise.all([recordHoldoutUse(store, decision('a')), recordHoldoutUse(store, decision('a'))]);
    expect([one, two]).toEqual([0, 0]);
    expect(await store.list('holdout/')).toHaveLength(1);
  });
});

describe('test rows are known by what they are', () => {
  const table = (order: readonly number[], labels: readonly number[]): Table => ({
    rows: order.length,
    numbers: new Map([['delayed', Float64Array.from(order, (at) => labels[at] ?? 0)]]),
    strings: new Map([['flight_id', order.map((at) => `F${at}`)], ['carrier', order.map(() => 'AA')]]),
  });
  const digest = (given: Table): string => testRowsDigest(given, { key: ['flight_id'], label: 'delayed' });

  test('in any order and with any other columns', () => {
    const other = table([2, 0, 1], [0, 1, 0]);
    expect(digest({ ...other, strings: new Map([...other.strings, ['carrier', ['UA', 'B6', 'DL']]]) })).toBe(digest(table([0, 1, 2], [0, 1, 0])));
  });

  test('and another label or row makes them others', () => {
    const digests = [table([0, 1, 2], [0, 1, 0]), table([0, 1, 2], [0, 1, 1]), table([0, 1], [0, 1, 0]), table([0, 1, 2, 2], [0, 1, 0])].map(digest);
    expect(new Set(digests).size).toBe(4);
  });
});

test('the overlap is a share of the window asked about', () => {
  expect(overlapOf({ from: '2013-05-01', to: '2013-05-11' }, { from: '2013-05-06', to: '2013-08-01' })).toBe(0.5);
  expect(overlapOf({ from: '2013-05-01', to: '2013-05-11' }, { from: '2013-05-11', to: '2013-08-01' })).toBe(0);
});
