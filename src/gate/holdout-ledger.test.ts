import { describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import { type HoldoutDecision, recordHoldoutUse, testRowsDigest } from './holdout-ledger.ts';
import { overlapOf } from './window-overlap.ts';

const decision = (candidate: string, more: Partial<HoldoutDecision> = {}): HoldoutDecision => ({
  pipeline: 'flight-delay',
  testRows: digestOf('may'),
  rows: 28_000,
  window: { from: '2013-05-01', to: '2013-05-29' },
  candidate: digestOf(candidate),
  champion: undefined,
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
