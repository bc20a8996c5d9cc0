import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { seriesOfExposition } from '../../test-fixtures/psi-of-exposition.ts';
import { loadTinyModel, tinyRow } from '../../test-fixtures/tiny-service.ts';
import type { AnsweredRequest } from '../answer-observer.ts';
import type { LoadedModel } from '../model/load-model.ts';
import type { EncodedRows } from '../model/scorer.ts';
import type { LoggedRow } from '../prediction-log/log-line.ts';
import { Shadow, type ShadowOptions } from './shadow.ts';

const live = await loadTinyModel();
const flat = (probability: number) => ({ score: async ({ count }: EncodedRows) => new Float32Array(count).fill(probability) });
const challenger = (change: Partial<LoadedModel> = {}): LoadedModel => ({ ...live, version: '8', digest: `sha256:${'8'.repeat(64)}`, scorer: flat(0.75), ...change });

function answer(id: string, change: Partial<AnsweredRequest> = {}, count = 2): AnsweredRequest {
  return {
    requestId: id, purpose: 'traffic', receivedAt: '2013-06-01T00:00:00.000Z', operatingPoint: { id: 'sha256:p', threshold: 0.3, source: 'trailing' }, probabilities: new Float32Array(count).fill(0.25),
    columns: Array.from({ length: count }, () => tinyRow), rows: { count, numbers: Float32Array.from({ length: count * 2 }, (_, cell) => cell), strings: Array.from({ length: count }, (_, row) => [`C${row}`, 'JFK']).flat() }, ...change,
  };
}

async function startShadow(options: Partial<ShadowOptions> = {}) {
  const registry = new Registry();
  const lines: LoggedRow[] = [];
  const failures: string[] = [];
  const shadow = new Shadow({
    identity: { version: '8', digest: `sha256:${'8'.repeat(64)}` }, load: async () => challenger(), live, sample: 1, maximumQueuedRows: 100, isBusy: () => false,
    log: { add: (row) => void lines.push(row) }, imageDigest: 'sha256:i', registry, onFailure: (reason) => void failures.push(reason), ...options,
  });
  await shadow.start();
  const metric = async (name: string, labels: Record<string, string> = {}): Promise<number> =>
    seriesOfExposition(await registry.metrics()).find((series) => series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value))?.value ?? Number.NaN;
  return { shadow, lines, failures, metric, rows: (result: string) => metric('taxiway_shadow_rows_total', { result }) };
}

test('the challenger\'s scores are counted and logged with the id of the request, as its own and by its own threshold', async () => {
  const { shadow, lines, metric, rows } = await startShadow();
  shadow.answered(answer('r1'));
  await shadow.settled();
  expect(await rows('scored')).toBe(2);
  expect(await metric('taxiway_shadow_score_sum')).toBe(1.5);
  expect(await metric('taxiway_shadow_difference_sum')).toBe(1);
  expect(await metric('taxiway_shadow_disagreements_total')).toBe(2);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toEqual({
    requestId: 'r1', receivedAt: '2013-06-01T00:00:00.000Z', day: 'shadow/2013-05-02', prediction: { probability: 0.75, threshold: 0.5, decision: 1 }, operatingPointId: 'model',
    columns: { flight_id: tinyRow.flight_id, scheduled_departure: tinyRow.scheduled_departure }, shadow: { origin: { modelVersion: '8', modelDigest: `sha256:${'8'.repeat(64)}`, imageDigest: 'sha256:i' }, sample: 1 },
  });
});

test('nothing is scored while the request is being answered, nor while others wait', async () => {
  let busy = true;
  const { shadow, rows } = await startShadow({ isBusy: () => busy });
  shadow.answered(answer('r1'));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(await rows('scored')).toBe(0);
  busy = false;
  await shadow.settled();
  expect(await rows('scored')).toBe(2);
});

test('a challenger with fewer columns in another order gets its own, and long requests run in short pieces', async () => {
  const runs: EncodedRows[] = [];
  const scorer = { score: async (rows: EncodedRows) => (runs.push(rows), new Float32Array(rows.count).fill(0.5)) };
  const { shadow } = await startShadow({ load: async () => challenger({ scorer, description: { ...live.description, numbers: ['distance'], strings: ['origin', 'carrier'] } }) });
  shadow.answered(answer('r1', {}, 70));
  await shadow.settled();
  expect(runs.map(({ count }) => count)).toEqual([32, 32, 6]);
  expect([...(runs[2]?.numbers ?? [])]).toEqual([129, 131, 133, 135, 137, 139]);
  expect(runs[2]?.strings.slice(0, 4)).toEqual(['JFK', 'C64', 'JFK', 'C65']);
});

test('what does not fit the queue is dropped and counted', async () => {
  const { shadow, rows } = await startShadow({ maximumQueuedRows: 5 });
  for (const id of ['a', 'b', 'c', 'd']) shadow.answered(answer(id));
  await shadow.settled();
  expect([await rows('scored'), await rows('dropped')]).toEqual([4, 4]);
});

test('a challenger that throws is counted and said, and scores the next request', async () => {
  let broken = true;
  const scorer = { score: async ({ count }: EncodedRows) => (broken ? Promise.reject(new Error('native crash')) : new Float32Array(count)) };
  const { shadow, rows, failures, metric } = await startShadow({ load: async () => challenger({ scorer }) });
  shadow.answered(answer('r1'));
  await shadow.settled();
  broken = false;
  shadow.answered(answer('r2'));
  await shadow.settled();
  expect([await rows('failed'), await rows('scored'), await metric('taxiway_shadow_errors_total')]).toEqual([2, 2, 1]);
  expect(failures).toEqual(['the shadow failed to score a request']);
});

test.each([
  ['cannot be loaded', async () => Promise.reject(new Error('the model x is sha256:a')), /the model x is sha256:a/],
  ['takes a column that requests do not carry', async () => challenger({ description: { ...live.description, numbers: ['humidity'] } }), /"humidity"/],
])('a challenger that %s is said to have failed, and answers go on as if it were not there', async (_name, load, reason) => {
  const { shadow, failures, metric, rows } = await startShadow({ load });
  shadow.answered(answer('r1'));
  await shadow.settled();
  expect(shadow.note).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
  expect(failures).toHaveLength(1);
  expect([await metric('taxiway_shadow_ready'), await rows('scored')]).toEqual([0, 0]);
});

test('only a sample of traffic is scored, and nothing that verifies a deployment', async () => {
  const { shadow, rows, lines } = await startShadow({ sample: 0.5, maximumQueuedRows: 1000 });
  for (let id = 0; id < 200; id += 1) shadow.answered(answer(`r${id}`));
  shadow.answered(answer('check', { purpose: 'verification' }));
  await shadow.settled();
  const scored = await rows('scored');
  expect(scored).toBeGreaterThan(120);
  expect(scored).toBeLessThan(280);
  expect(lines[0]?.shadow?.sample).toBe(0.5);
});

test('at the end what waits is dropped and counted', async () => {
  const { shadow, rows } = await startShadow({ isBusy: () => true });
  shadow.answered(answer('r1'));
  shadow.answered(answer('r2'));
  await shadow.close();
  shadow.answered(answer('r3'));
  expect([await rows('scored'), await rows('dropped')]).toEqual([0, 6]);
});
