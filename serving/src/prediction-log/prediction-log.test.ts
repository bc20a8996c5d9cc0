import { expect, test } from 'vitest';
import { linesOf, memorySink } from '../../test-fixtures/memory-sink.ts';
import type { LoggedRow } from './log-line.ts';
import type { LogSink } from './log-sink.ts';
import { PredictionLog, type PredictionLogOptions } from './prediction-log.ts';

const row = (id: number, day = '2013-05-01'): LoggedRow => ({
  requestId: `r${id}`, receivedAt: '2013-06-01T00:00:00.000Z', day, prediction: { probability: 0.25, threshold: 0.5, decision: 0 }, operatingPointId: 'model', columns: { flight_id: `F${id}`, distance: null },
});

function createLog(options: Partial<PredictionLogOptions> = {}, instead?: LogSink) {
  const sink = memorySink();
  const counts = { written: 0, dropped: 0, failures: 0 };
  const log = new PredictionLog(instead ?? sink, {
    origin: { modelVersion: '7', modelDigest: 'sha256:m', imageDigest: 'sha256:i' },
    filePrefix: 'pod-start',
    flushRows: 1000,
    flushInterval: 3_600_000,
    maximumRows: 10_000,
    sample: 1,
    onWritten: (rows) => void (counts.written += rows),
    onDropped: (rows) => void (counts.dropped += rows),
    onFailure: () => void (counts.failures += 1),
    ...options,
  });
  return { sink, log, counts };
}

test('a line holds the row as sent, its score and what answered', async () => {
  const { sink, log } = createLog();
  log.add(row(1));
  await log.flush();
  expect(linesOf(sink.files)).toEqual([{
    request_id: 'r1', received_at: '2013-06-01T00:00:00.000Z', model_version: '7', model_digest: 'sha256:m', image_digest: 'sha256:i', probability: 0.25, threshold: 0.5, decision: 0, operating_point: 'model',
    columns: { flight_id: 'F1', distance: null },
  }]);
});

test('a line says the minute that the service computed its columns for', async () => {
  const { sink, log } = createLog();
  log.add({ ...row(1), askedAt: '2013-05-01T10:15:00.000Z' });
  await log.flush();
  expect(linesOf(sink.files)).toMatchObject([{ request_id: 'r1', asked_at: '2013-05-01T10:15:00.000Z' }]);
});

test('every flush writes one new file per day of the rows', async () => {
  const { sink, log } = createLog();
  for (const day of ['2013-05-01', '2013-05-02', '2013-05-01']) log.add(row(1, day));
  await log.flush();
  log.add(row(2));
  await log.flush();
  expect([...sink.files.keys()].sort()).toEqual(['2013-05-01/pod-start-000001.jsonl', '2013-05-01/pod-start-000003.jsonl', '2013-05-02/pod-start-000002.jsonl']);
});

test('enough rows start a flush by themselves, and order is kept in it', async () => {
  const { sink, log, counts } = createLog({ flushRows: 250 });
  for (let id = 0; id < 250; id += 1) log.add(row(id));
  await log.flush();
  expect(counts.written).toBe(250);
  expect(linesOf(sink.files).map((line) => line['request_id'])).toEqual(Array.from({ length: 250 }, (_, id) => `r${id}`));
});

test('what does not fit is dropped and counted, never waited for', async () => {
  const { log, counts } = createLog({ maximumRows: 3 });
  for (let id = 0; id < 5; id += 1) log.add(row(id));
  expect(counts.dropped).toBe(2);
  await log.close(10_000);
  expect(counts).toEqual({ written: 3, dropped: 2, failures: 0 });
});

test('a write that fails keeps its rows for the next flush', async () => {
  const { sink, log, counts } = createLog();
  log.add(row(1));
  sink.failing = true;
  await log.flush();
  expect([counts.failures, log.queuedRows]).toEqual([1, 1]);
  sink.failing = false;
  log.add(row(2));
  await log.flush();
  expect(linesOf(sink.files).map((line) => line['request_id'])).toEqual(['r1', 'r2']);
});

test('at the end nothing is left in silence: what cannot be written is counted as dropped', async () => {
  const { sink, log, counts } = createLog();
  log.add(row(1));
  sink.failing = true;
  await log.close(10_000);
  expect([counts.dropped, log.queuedRows]).toEqual([1, 0]);
});

test('a store that hangs does not hold up the end: what it has not taken by then is counted as dropped, once', async () => {
  let answer: (() => void) | undefined;
  const { log, counts } = createLog({}, { write: () => new Promise<void>((resolve) => (answer = resolve)) });
  for (let id = 0; id < 3; id += 1) log.add(row(id));
  const flushing = log.flush();
  log.add(row(3));
  expect(await log.close(20)).toBe(4);
  answer?.();
  await flushing;
  log.add(row(4));
  expect([counts, log.queuedRows]).toEqual([{ written: 0, dropped: 5, failures: 0 }, 0]);
});

test('of a sample, a request is there whole or not at all, and every line says the share', async () => {
  const { sink, log, counts } = createLog({ sample: 0.25 });
  for (let id = 0; id < 400; id += 1) for (let part = 0; part < 3; part += 1) log.add(row(id));
  await log.flush();
  const lines = linesOf(sink.files);
  const perRequest = Map.groupBy(lines, (line) => line['request_id']);
  expect([...perRequest.values()].every((kept) => kept.length === 3)).toBe(true);
  // Five standard deviations around 100 of 400.
  expect(Math.abs(perRequest.size - 100)).toBeLessThan(44);
  expect(new Set(lines.map((line) => line['sample']))).toEqual(new Set([0.25]));
  expect(counts.dropped).toBe(0);
});

test('a share of nothing logs nothing', async () => {
  const { sink, log } = createLog({ sample: 0 });
  log.add(row(1));
  await log.close(10_000);
  expect(sink.files.size).toBe(0);
});
