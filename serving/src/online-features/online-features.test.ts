import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { createDataSources } from '../../../src/adapters/data-source/create-data-sources.ts';
import { flightFeedSource } from '../../../src/adapters/data-source/flight-feed.ts';
import { queryDataset } from '../../../src/data/query-dataset.ts';
import { writeFeatureSources } from '../../../src/data/write-feature-sources.ts';
import { clientColumns, clientRow } from '../../../src/gate/golden-requests.ts';
import { loadPipeline } from '../../../src/pipeline/load-pipeline.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { sourceContext } from '../../../test/builders/source-context.ts';
import { writeFeed } from '../../../test/builders/write-feed.ts';
import { RequestDeadline } from '../predict/request-deadline.ts';
import { memoryFeed } from '../../test-fixtures/memory-feed.ts';
import { type OnlineFeaturesRequest, openOnlineFeatures, startOnlineFeatures } from './open-online-features.ts';
import type { OnlineFeatures } from './online-features.ts';

/** Two days of Newark and LaGuardia. The batch is ingest's own: the same query over the same feed, read days later. */
const native = { load: createRequire(import.meta.url) };
const minute = 60_000;
const start = Date.parse('2013-06-13T21:00:00Z');
const root = await mkdtemp(join(tmpdir(), 'taxiway-online-features-'));
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const columns = clientColumns(pipeline.definition);
const sources = createDataSources(pipeline.definition.data.sources, sourceContext());

await writeFeed({ native, folder: join(root, 'both'), from: '2013-06-12', to: '2013-06-14', by: 'day' });
await mkdir(join(root, 'feed/2013/06'), { recursive: true });
const lines: string[] = [];
for (const name of await readdir(join(root, 'both/2013/06'))) {
  const kept = (await readFile(join(root, 'both/2013/06', name), 'utf8')).split('\n').filter((line) => line.includes('"EWR"') || line.includes('"LGA"'));
  await writeFile(join(root, 'feed/2013/06', name), `${kept.join('\n')}\n`);
  lines.push(...kept);
}
const window = { from: Date.parse('2013-06-13T12:00:00Z'), to: Date.parse('2013-06-14T00:00:00Z') };
const asOf = Date.parse('2013-06-20T00:00:00Z');
await writeFeatureSources({ native, pipeline, sources, dataRoot: 'data/nycflights13', ...window, asOf, workDirectory: join(root, 'work'), folder: join(root, 'sources'), except: ['flights'] });
const batch = await queryDataset({
  native, pipeline, sources: { ...sources, flights: { resolve: (asked) => flightFeedSource({ path: 'feed' }, 'flights').resolve({ ...asked, root }) } }, dataRoot: 'data/nycflights13', ...window, asOf,
  columns: [...columns, 'predicted_at'], where: 'departure_delay IS NOT NULL',
});

let open: OnlineFeatures | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});
afterAll(() => rm(root, { recursive: true }));

const moments = lines.map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
const told = (from: number, to: number): string[] => lines.filter((_, index) => (moments[index] ?? 0) >= from && (moments[index] ?? 0) < to);

const request: Omit<OnlineFeaturesRequest, 'registry'> = {
  configuration: { feed: { folder: '' }, query: join(pipeline.folder, 'sql/dataset.sql'), queryDigest: undefined, sources: [join(root, 'sources')], maximumAge: 900_000, answerStale: false, pollInterval: 2000 },
  columns, queryDigest: undefined, maximumRows: 1000,
};
const patient = new RequestDeadline(performance.now(), 600_000, () => false);

/** A service that has heard everything before `start`. */
async function scene(options: Partial<OnlineFeaturesRequest['configuration']> = {}) {
  const feed = memoryFeed();
  feed.tell(told(0, start));
  const clock = { now: start };
  const registry = new Registry();
  const features = await openOnlineFeatures({ ...request, configuration: { ...request.configuration, ...options }, registry, reader: feed, now: () => clock.now });
  open = features;
  const complete = (body: unknown, deadline = patient): ReturnType<OnlineFeatures['complete']> => features.complete(body, deadline);
  const metric = async (name: string): Promise<number> => Number((await registry.metrics()).split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  return { feed, clock, features: { complete, advance: () => features.advance() }, metric };
}

/** Who left at a minute, as the batch has it: what is asked, and what is to be answered. */
function leaving(at: number) {
  const rows = Array.from({ length: batch.rows }, (_, row) => row).filter((row) => batch.numbers.get('predicted_at')?.[row] === at).map((row) => clientRow(batch, row, pipeline.definition));
  return { rows, flights: rows.map((row) => ({ flight_id: row['flight_id'], scheduled_departure: row['scheduled_departure'] })) };
}
const busy = Array.from({ length: 60 }, (_, index) => start + index * minute).filter((at) => leaving(at).rows.length > 0);
const [first = 0, second = 0, third = 0] = busy.filter((at) => at > start + minute);
const later = (at: number): number => at + minute / 2;

it('answers a minute’s flights with the very values of the batch, minute after minute, whatever the order of events and however often they come', async () => {
  const { feed, clock, features, metric } = await scene();
  const random = createRandom('feed');
  let heard = start;
  for (const at of [first, second, third]) {
    const news = told(heard, later(at));
    heard = later(at);
    feed.tell([...news, ...news].map((line) => [random.next(), line] as const).sort(([a], [b]) => a - b).map(([, line]) => line));
    clock.now = later(at);
    const { rows, features: statement } = await features.complete({ flights: leaving(at).flights });
    expect(rows).toEqual(leaving(at).rows);
    expect(statement).toMatchObject({ status: 'fresh', unscheduled: 0, recordUntil: expect.stringContaining(new Date(at).toISOString().slice(0, 13)) as string, askedAt: rows.map(() => new Date(at).toISOString()) });
  }
  expect(await metric('taxiway_feed_events_total{result="duplicate"}')).toBeGreaterThanOrEqual(told(start, heard).length);
  expect(await metric('taxiway_feature_rows')).toBeGreaterThan(1000);
});

it('answers otherwise while events are late, and as the batch once they have come, for past minutes too', async () => {
  const { feed, clock, features, metric } = await scene();
  const late = told(start, first);
  feed.tell(told(first, later(first)));
  clock.now = later(first);
  expect((await features.complete({ flights: leaving(first).flights })).rows).not.toEqual(leaving(first).rows);
  feed.tell(late);
  await features.advance();
  expect((await features.complete({ flights: leaving(first).flights })).rows).toEqual(leaving(first).rows);
  expect(await metric('taxiway_feed_events_total{result="late"}')).toBeGreaterThan(0);

  // Asked late: what is known of the moment they left is answered, and nothing of what came after.
  feed.tell(told(later(first), later(third)));
  clock.now = later(third);
  expect((await features.complete({ flights: leaving(first).flights })).rows).toEqual(leaving(first).rows);
  expect((await features.complete({ flights: leaving(second).flights, at: new Date(second).toISOString() })).rows).toEqual(leaving(second).rows);
});

it('refuses to answer when the feed is gone, says since when, and answers again when it is back', async () => {
  const { feed, clock, features, metric } = await scene();
  feed.gone = true;
  clock.now = later(start + 25 * minute);
  const asked = { flights: leaving(first).flights };
  await expect(features.complete(asked)).rejects.toMatchObject({ code: 'features-stale', statusCode: 503, message: expect.stringContaining('2013-06-13T20:59:00.000Z') as string });
  expect(await metric('taxiway_feed_age_seconds')).toBeGreaterThan(1500);
  expect(await metric('taxiway_feed_failures_total')).toBeGreaterThan(0);
  feed.gone = false;
  feed.tell(told(start, clock.now));
  await features.advance();
  expect((await features.complete(asked)).features.status).toBe('fresh');
});

it('says that the feed is gone, not that the key is wrong, where the feed could not be reached from the start', async () => {
  const feed = memoryFeed();
  feed.gone = true;
  const features = await openOnlineFeatures({ ...request, registry: new Registry(), reader: feed, now: () => later(first) });
  const asked = { flights: leaving(first).flights };
  expect(features.loaded).toBe(false);
  await expect(features.complete(asked, patient)).rejects.toMatchObject({ code: 'features-stale', message: expect.stringContaining('has told nothing yet') as string });
  feed.gone = false;
  feed.tell(told(0, later(first)));
  await features.advance();
  expect(features.loaded).toBe(true);
  expect((await features.complete(asked, patient)).rows).toEqual(leaving(first).rows);
  await features.close();
});

it('answers from a feed that is gone only where that was asked for, and says so', async () => {
  const { clock, features } = await scene({ answerStale: true });
  clock.now = later(start + 8 * minute);
  expect((await features.complete({ flights: leaving(first).flights })).features).toMatchObject({ status: 'late', ageSeconds: expect.any(Number) as number });
  clock.now = later(start + 25 * minute);
  expect((await features.complete({ flights: leaving(first).flights })).features).toMatchObject({ status: 'gone', degraded: true, watermark: '2013-06-13T20:59:00.000Z' });
});

it('counts lines that are no events, and refuses flights it cannot know of', async () => {
  const { feed, features, metric } = await scene();
  const [known = '{}'] = told(start, start + 60 * minute).filter((line) => line.includes('"scheduled"'));
  // Minutes of far years would not fit the numbers of the query, and spoil the evaluation of every minute.
  const [far, later] = [{ scheduled_departure: '9999-06-13T21:00:00Z' }, { at: '9999-12-31T23:59:59-05:00' }].map((changed) => JSON.stringify({ ...(JSON.parse(known) as object), ...changed }));
  feed.tell(['{"event":"departed"}', 'no JSON', far ?? '', later ?? '']);
  await features.advance();
  expect(await metric('taxiway_feed_events_total{result="rejected"}')).toBe(4);
  const [flight] = leaving(first).flights;
  await expect(features.complete({ flights: [{ ...flight, flight_id: 'XX1-EWR-LAX' }] })).rejects.toMatchObject({ code: 'flight-unknown', statusCode: 404 });
  await expect(features.complete({ flights: [flight], at: '2013-06-14T12:00:00Z' })).rejects.toMatchObject({ code: 'moment-invalid', place: { row: 0 } });
});

it('waits for no minute longer than the request does, and answers the next one', async () => {
  const { feed, clock, features } = await scene();
  feed.tell(told(start, later(first)));
  clock.now = later(first);
  const asked = { flights: leaving(first).flights };
  await expect(features.complete(asked, new RequestDeadline(performance.now() - 1000, 1000, () => false))).rejects.toMatchObject({ code: 'deadline-exceeded' });
  await expect(features.complete(asked, new RequestDeadline(performance.now(), 1000, () => true))).rejects.toMatchObject({ code: 'client-closed' });
  expect((await features.complete(asked)).rows).toEqual(leaving(first).rows);
});

it('refuses a request about more minutes than it keeps, each of which would cost a query', async () => {
  const { feed, clock, features } = await scene();
  clock.now = start + 90 * minute;
  feed.tell(told(start, clock.now));
  const flights = busy.flatMap((at) => leaving(at).flights.slice(0, 1));
  expect(flights.length).toBeGreaterThan(16);
  await expect(features.complete({ flights })).rejects.toMatchObject({ code: 'too-many-rows', statusCode: 413, message: expect.stringContaining('at most 16') as string });
});

it('refuses flight keys while the past is taken in, and says when it is there', async () => {
  const feed = memoryFeed();
  feed.tell(told(0, start));
  const { step, begin } = await startOnlineFeatures({ ...request, registry: new Registry(), reader: feed, now: () => start });
  const asked = { flights: leaving(first).flights };
  try {
    begin();
    expect(step.loaded).toBe(false);
    await expect(step.complete(asked, patient)).rejects.toMatchObject({ code: 'features-loading', statusCode: 503 });
    await vi.waitUntil(() => step.loaded, { timeout: 30_000 });
    expect((await step.complete(asked, patient)).rows).toHaveLength(asked.flights.length);
  } finally {
    await step.close();
  }
});

it('reads a mounted source before the one that came with the model', async () => {
  await mkdir(join(root, 'model'), { recursive: true });
  await mkdir(join(root, 'mounted'), { recursive: true });
  for (const file of await readdir(join(root, 'sources'))) await copyFile(join(root, 'sources', file), join(root, file === 'weather.parquet' ? 'mounted' : 'model', file));
  await writeFile(join(root, 'model/weather.parquet'), 'older, and not even read');
  const { features } = await scene({ sources: [join(root, 'mounted'), join(root, 'model')] });
  expect((await features.complete({ flights: leaving(first).flights })).features.weather).not.toBeNull();
  await rm(join(root, 'mounted/weather.parquet'));
  await rm(join(root, 'model/weather.parquet'));
  await expect(scene({ sources: [join(root, 'mounted'), join(root, 'model')] })).rejects.toThrow(/weather.*FEATURE_SOURCES/);
});

it('does not open with another query than the model was trained with, or with columns the query does not give', async () => {
  await expect(scene({ queryDigest: `sha256:${'0'.repeat(64)}` })).rejects.toThrow('FEATURE_QUERY_DIGEST demands sha256:0000');
  await expect(openOnlineFeatures({ ...request, registry: new Registry(), reader: memoryFeed(), queryDigest: `sha256:${'1'.repeat(64)}` })).rejects.toThrow('the model was trained with sha256:1111');
  await expect(scene({ sources: [join(root, 'nowhere')] })).rejects.toThrow('not to be found');
});
