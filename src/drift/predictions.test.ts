import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { type LoadedPipeline, loadPipeline } from '../pipeline/load-pipeline.ts';
import { readPredictions } from './predictions.ts';
import { driftWindow } from './windows.ts';

let pipeline: LoadedPipeline;
beforeAll(async () => {
  pipeline = await loadPipeline(join(import.meta.dirname, '../../pipelines/flight-delay/pipeline.yaml'));
});

const window = driftWindow(Date.parse('2013-07-08T12:00:00Z'), 7 * 86_400_000);
const line = (flight: string, overrides: object = {}): string =>
  JSON.stringify({
    received_at: '2013-07-02T10:00:00Z',
    model_version: 1,
    probability: 0.7,
    threshold: 0.4,
    decision: 1,
    columns: { flight_id: flight, scheduled_departure: '2013-07-02T10:00:00.000Z', departure_delay: 12, origin: 'EWR' },
    ...overrides,
  });

async function read(files: Record<string, string[]>): ReturnType<typeof readPredictions> {
  const store = new MemoryArtifactStore();
  for (const [key, lines] of Object.entries(files)) await store.create(`predictions/local/${key}`, Buffer.from(lines.join('\n')));
  return readPredictions(store, 'local', { definition: pipeline.definition, window });
}

describe('the prediction log', () => {
  test('gives each row once: the first answer counts, whichever pod wrote it', async () => {
    const late = line('UA1-EWR-ORD', { received_at: '2013-07-02T11:00:00Z', probability: 0.1, decision: 0 });
    const rows = await read({ '2013-07-02/a.jsonl': [late, line('UA2-EWR-ORD')], '2013-07-02/b.jsonl': [line('UA1-EWR-ORD')] });
    expect([rows.table.rows, rows.duplicates]).toEqual([2, 1]);
    expect([...rows.probability]).toEqual([0.7, 0.7]);
    expect(rows.table.numbers.get('departure_delay')).toEqual(Float64Array.of(12, 12));
  });

  test('says which rows the service computed, and for which minute', async () => {
    const rows = await read({ '2013-07-02/a.jsonl': [line('UA1-EWR-ORD'), line('UA2-EWR-ORD', { asked_at: '2013-07-02T10:12:00.000Z' }), line('UA3-EWR-ORD', { asked_at: 'soon' })] });
    expect([...rows.askedAt]).toEqual([Number.NaN, Date.parse('2013-07-02T10:12:00Z'), Number.NaN]);
  });

  test('is the same in whatever files and order the lines lie', async () => {
    const [a, b, c] = ['UA1-EWR-ORD', 'UA2-EWR-ORD', 'UA3-EWR-ORD'].map((flight, index) => line(flight, { probability: index / 10 }));
    const one = await read({ '2013-07-02/a.jsonl': [a ?? '', b ?? '', c ?? ''] });
    const other = await read({ '2013-07-02/x.jsonl': [c ?? ''], '2013-07-02/y.jsonl': [b ?? '', a ?? ''] });
    expect(other).toEqual(one);
  });

  test('counts lines that a dying pod has cut, and answers that are no probability', async () => {
    const rows = await read({ '2013-07-02/a.jsonl': [line('UA1-EWR-ORD'), line('UA2-EWR-ORD').slice(0, 40), line('UA3-EWR-ORD', { probability: 1.5 }), line('UA4-EWR-ORD', { columns: {} })] });
    expect([rows.table.rows, rows.malformed]).toEqual([1, 3]);
  });

  test('outside the window is not read', async () => {
    expect((await read({ '2013-06-30/a.jsonl': [line('UA1-EWR-ORD')], '2013-07-08/a.jsonl': [line('UA2-EWR-ORD')] })).table.rows).toBe(0);
  });
});
