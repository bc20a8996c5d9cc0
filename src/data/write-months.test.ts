import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyPipeline, tinySource, type TinyRow } from '../../test/builders/tiny-dataset.ts';
import { digestOfFile } from '../artifacts/digest.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { withDatabase } from './database.ts';
import { openSources } from './open-dataset.ts';
import { writeMonths, type WrittenMonths } from './write-months.ts';

const native = { load: createRequire(import.meta.url) };
const tiny = tinyPipeline(await loadPipeline('pipelines/flight-delay/pipeline.yaml'));
const folder = await mkdtemp(join(tmpdir(), 'taxiway-months-'));
afterAll(() => rm(folder, { recursive: true }));
const hour = 3_600_000;

interface Case {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly TinyRow[];
  readonly query?: string;
  readonly threads?: number;
}

/** A request for these rows, in a folder of its own. */
async function requestOf({ from, to, rows, query = tiny.datasetQuery }: Case) {
  const workDirectory = await mkdtemp(join(folder, 'work-'));
  return { pipeline: { ...tiny, datasetQuery: query }, sources: tinySource(rows), dataRoot: '.', workDirectory, from: Date.parse(from), to: Date.parse(to), asOf: Date.parse('2020-01-01') };
}

async function write(given: Case): Promise<WrittenMonths> {
  const request = await requestOf(given);
  return withDatabase(native, async (database) => writeMonths(database, request, { resolved: await openSources(database, request), folder: join(request.workDirectory, 'rows') }), { threads: given.threads ?? 2 });
}

/** Month and digest of each file. */
async function digests(given: Case): Promise<Record<string, string>> {
  const { files } = await write(given);
  return Object.fromEntries(await Promise.all(files.map(async ({ month, path }) => [month, await digestOfFile(path)] as const)));
}

/** Times and delays, in the order of the files and their rows. */
async function written(given: Case): Promise<string[]> {
  const { files } = await write(given);
  const list = files.map(({ path }) => `'${path}'`).join(', ');
  const rows = await withDatabase(native, (database) => database.rows(`SELECT scheduled_departure::VARCHAR || ' ' || delay AS said FROM read_parquet([${list}])`));
  return rows.map((row) => String(row['said']));
}

/** One row every `step` hours, beginning with `from`; `to` is beyond the last. */
function rowsOf(from: string, to: string, step = 6): TinyRow[] {
  const count = Math.ceil((Date.parse(to) - Date.parse(from)) / (step * hour));
  return Array.from({ length: count }, (_, index) => ({ flight: `f${index % 7}`, scheduled: new Date(Date.parse(from) + index * step * hour).toISOString().replace('T', ' ').replace('Z', ''), delay: index }));
}

function monthOf({ scheduled }: TinyRow): string {
  return scheduled.slice(0, 7);
}

describe('the files of a dataset by month', () => {
  it.each([
    ['2013-01-01', '2013-05-01'],
    ['2013-01-17', '2013-05-17'],
    ['2012-10-31T23:00:00Z', '2013-03-30T01:00:00Z'],
    ['2013-01-01', '2014-01-01'],
    ['2011-06-15', '2014-02-02'],
  ])('are the same for %s to %s, which is asked for in parts, as for each month alone', async (from, to) => {
    const rows = rowsOf('2011-05-01', '2014-03-01', 30);
    const whole = await digests({ from, to, rows });
    const within = rows.filter(({ scheduled }) => Date.parse(`${scheduled}Z`) >= Date.parse(from) && Date.parse(`${scheduled}Z`) < Date.parse(to));
    expect(Object.keys(whole)).toEqual([...new Set(within.map(monthOf))]);
    expect(await written({ from, to, rows })).toEqual(within.map(({ scheduled, delay }) => `${scheduled.slice(0, 19)} ${delay}`));
    for (const month of [Object.keys(whole)[1] ?? '', Object.keys(whole).at(-2) ?? '']) {
      const next = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)))).toISOString();
      expect(await digests({ from: `${month}-01`, to: next, rows })).toEqual({ [month]: whole[month] });
    }
  }, 30_000);

  it('have the same bytes whatever order the rows come in, also where keys are repeated', async () => {
    const rows = [...rowsOf('2013-01-01', '2013-03-01', 24), ...rowsOf('2013-01-01', '2013-03-01', 24).map((row) => ({ ...row, delay: ((row.delay ?? 0) * 7) % 11 }))];
    const window = { from: '2013-01-01', to: '2013-03-01' };
    const first = await digests({ ...window, rows });
    expect(Object.keys(first)).toEqual(['2013-01', '2013-02']);
    expect(await digests({ ...window, rows: [...rows].reverse(), threads: 1 })).toEqual(first);
    expect(await written({ ...window, rows })).toHaveLength(rows.length);
  });

  it('have the same bytes whether the query gives its rows in order, backwards or shuffled', async () => {
    const rows = rowsOf('2013-01-01', '2013-03-01', 7);
    const window = { from: '2013-01-01', to: '2013-03-01' };
    const first = await digests({ ...window, rows });
    expect(await digests({ ...window, rows: [...rows].reverse() })).toEqual(first);
    expect(await digests({ ...window, rows: rows.map((_, index) => rows[(index * 100) % rows.length] ?? { flight: '', scheduled: '2013-01-01', delay: 0 }) })).toEqual(first);
    expect(await written({ ...window, rows: [...rows].reverse() })).toEqual(rows.map(({ scheduled, delay }) => `${scheduled.slice(0, 19)} ${delay}`));
  });

  it.each([
    ['does not keep to its window', 'SELECT * FROM flights WHERE $from IS NOT NULL AND $to IS NOT NULL AND $as_of IS NOT NULL'],
    ['takes in the window’s end', 'SELECT * FROM flights WHERE scheduled_departure >= $from::TIMESTAMP AND scheduled_departure <= $to::TIMESTAMP AND $as_of IS NOT NULL'],
    ['asks by another time', 'SELECT * FROM flights WHERE scheduled_departure >= $from::TIMESTAMP + INTERVAL 40 HOUR AND scheduled_departure < $to::TIMESTAMP + INTERVAL 40 HOUR AND $as_of IS NOT NULL'],
  ])('hold every row once where the query %s', async (_, query) => {
    const rows = rowsOf('2013-01-01', '2013-08-01', 24);
    const window = { from: '2013-01-01', to: '2013-07-01', rows, query };
    const all = await written(window);
    expect(new Set(all).size).toBe(all.length);
    const wanted = query.includes('40 HOUR') ? 181 : query.includes('<=') ? 182 : rows.length;
    expect(all).toHaveLength(wanted);
  });

  it('leave out rows without event time, which lie by themselves', async () => {
    const query = 'SELECT flight_id, CASE WHEN delay >= 0 THEN scheduled_departure END AS scheduled_departure, delay FROM flights WHERE scheduled_departure >= $from::TIMESTAMP AND scheduled_departure < $to::TIMESTAMP AND $as_of IS NOT NULL';
    const rows = [...rowsOf('2013-01-01', '2013-07-01', 24), { flight: 'lost', scheduled: '2013-02-03 04:05:06', delay: -1 }, { flight: 'lost', scheduled: '2013-06-03 04:05:06', delay: -1 }];
    const given = { from: '2013-01-01', to: '2013-07-01', rows, query };
    const { files, withoutTime } = await write(given);
    expect(files.map(({ month }) => month)).toEqual(['2013-01', '2013-02', '2013-03', '2013-04', '2013-05', '2013-06']);
    expect(withoutTime).toHaveLength(2);
    const request = await requestOf(given);
    await expect(withDatabase(native, (database) => buildSnapshot(database, request))).rejects.toMatchObject({ code: 'dataset-query-failed', message: expect.stringContaining('2 rows have no scheduled_departure') as string });
  });

  it('leave nothing of the parts beside them', async () => {
    const { files } = await write({ from: '2013-01-01', to: '2013-07-01', rows: rowsOf('2013-01-01', '2013-07-01', 24) });
    expect((await readdir(join(files[0]?.path ?? '', '..'))).sort()).toEqual(files.map(({ month }) => `${month}.parquet`));
  });

  it('take no column from the names of folders', async () => {
    const request = await requestOf({ from: '2013-01-01', to: '2013-02-01', rows: rowsOf('2013-01-01', '2013-02-01', 24) });
    const { schema } = await withDatabase(native, (database) => buildSnapshot(database, { ...request, workDirectory: join(request.workDirectory, 'run=7') }));
    expect(schema.map(({ name }) => name)).toEqual(['flight_id', 'scheduled_departure', 'delay']);
  });
});
