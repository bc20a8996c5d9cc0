import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import type { Table } from '../../src/data/table.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { SourceDefinition } from '../../src/pipeline/schema/data.ts';
import { sourceContext } from '../builders/source-context.ts';
import { writeFeed } from '../builders/write-feed.ts';

const native = { load: createRequire(import.meta.url) };
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const data = 'data/nycflights13';
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'taxiway-feed-features-'));
  for (const name of ['flights.parquet', 'weather.parquet', 'airports.parquet', 'planes.parquet', 'facilities.csv', 'events.csv']) await copyFile(join(data, name), join(root, name));
  // The last ten days come from the feed; what is older than them only from history.
  await writeFeed({ native, folder: join(root, 'feed'), from: '2013-05-24', to: '2013-06-03', by: 'day' });
});
afterAll(() => rm(root, { recursive: true }));

function rowsWith(flights: SourceDefinition, asOf: string): Promise<Table> {
  const sources = createDataSources({ ...pipeline.definition.data.sources, flights }, sourceContext());
  return queryDataset({ native, pipeline, sources, dataRoot: root, from: Date.parse('2013-06-01T00:00Z'), to: Date.parse('2013-06-02T00:00Z'), asOf: Date.parse(asOf) });
}

const history: SourceDefinition = { type: 'parquet', path: 'flights.parquet' };
const layered: SourceDefinition = {
  type: 'layered',
  key: ['carrier', 'flight', 'origin', 'scheduled_departure'],
  layers: [history, { type: 'flight-feed', path: 'feed' }],
};

test.each(['2013-06-01T18:30Z', '2013-06-08T00:00Z'])('a live feed over history gives every feature of the batch, as known at %s', async (asOf) => {
  const [batch, live] = [await rowsWith(history, asOf), await rowsWith(layered, asOf)];
  expect(live.rows).toBe(batch.rows);
  expect(batch.rows).toBeGreaterThan(500);
  for (const [name, values] of batch.numbers) expect([name, [...(live.numbers.get(name) ?? [])]]).toEqual([name, [...values]]);
  for (const [name, values] of batch.strings) expect([name, live.strings.get(name)]).toEqual([name, values]);
});
