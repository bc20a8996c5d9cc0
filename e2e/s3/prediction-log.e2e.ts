import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PredictionLog } from '../../serving/src/prediction-log/prediction-log.ts';
import { s3Sink } from '../../serving/src/prediction-log/s3-sink.ts';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { newLocation } from './new-bucket.ts';

const folder = mkdtempSync(join(tmpdir(), 'e2e-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('what the service logs to S3 lies where the drift check reads it, every row once', async () => {
  const location = await newLocation('taxiway');
  const store = new S3ArtifactStore(location, { cacheFolder: () => folder });
  const counts = { written: 0, dropped: 0 };
  const log = new PredictionLog(s3Sink({ bucket: location.bucket, prefix: 'taxiway/predictions/local' }, process.env), {
    origin: { modelVersion: '7', modelDigest: 'sha256:m', imageDigest: 'sha256:i' },
    filePrefix: 'pod-1',
    flushRows: 500,
    flushInterval: 50,
    maximumRows: 50_000,
    sample: 1,
    onWritten: (rows) => void (counts.written += rows),
    onDropped: (rows) => void (counts.dropped += rows),
  });
  for (let row = 0; row < 5000; row += 1) {
    const day = `2013-05-0${1 + (row % 3)}`;
    log.add({ requestId: `r${row}`, receivedAt: '2013-06-01T00:00:00.000Z', day, prediction: { probability: 0.25, threshold: 0.5, decision: 0 }, operatingPointId: 'model', columns: { flight_id: `F${row}` } });
  }
  await log.close(10_000);
  expect(counts).toEqual({ written: 5000, dropped: 0 });
  const ids: string[] = [];
  for (const key of await store.list('predictions/local/2013-05-02/')) {
    const stored = await store.read(key);
    for (const line of Buffer.from(stored?.body ?? []).toString('utf8').trim().split('\n')) ids.push((JSON.parse(line) as { request_id: string }).request_id);
  }
  expect(ids.sort()).toEqual(Array.from({ length: 5000 }, (_, row) => row).filter((row) => row % 3 === 1).map((row) => `r${row}`).sort());
});
