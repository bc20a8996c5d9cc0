import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import type { Table } from '../../src/data/table.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { sourceContext } from '../builders/source-context.ts';
import { alteredSources, writeTimedFlights, type Alteration } from './altered-sources.ts';
import { columns, type Question } from './columns.ts';
import { createHistory } from './past.ts';
import { dataRoot, native, readAirports, readFlights, readWeather, type Flight } from './raw-tables.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
/** By then everything of the year is known. */
const wholeStory = Date.parse('2014-02-01');

/** Quiet days and stormy ones, both changes of the clock, a holiday, the turn of a month and the first days of the data. */
const windows = [
  { from: '2013-01-02', to: '2013-01-03' },
  { from: '2013-02-08', to: '2013-02-10' },
  { from: '2013-03-10', to: '2013-03-11' },
  { from: '2013-07-03', to: '2013-07-05' },
  { from: '2013-11-01', to: '2013-11-04' },
] as const;
const flightsPerWindow = 60;

/** What only the end of the flight tells. */
const outcomes = ['outcome', 'arrival_delay', 'delayed', 'label_known_at'];
/** Looked up by day and by published event, not worked out from flights: only held to the second proof. */
const published = ['origin_runways', 'origin_capacity', 'major_disruption'];

const shifted = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

function valueOf(table: Table, name: string, row: number): number | string {
  return table.numbers.get(name)?.[row] ?? table.strings.get(name)?.[row] ?? expect.unreachable(`no column ${name}`);
}

/** The flight as it is known at off-block. */
function question(flight: Flight, history: ReturnType<typeof createHistory>, airport: Question['airport']): Question {
  const { arrivalDelay: _arrivalDelay, airTime: _airTime, landed: _landed, ...known } = flight;
  return { flight: known, past: history(flight.scheduled + (Number.isNaN(flight.departureDelay) ? 0 : flight.departureDelay)), pastAt: history, airport };
}

let airport: Question['airport'];
let weather: Awaited<ReturnType<typeof readWeather>>;
beforeAll(async () => {
  airport = await readAirports();
  weather = await readWeather();
});

describe('every column that is known at off-block', () => {
  it('is recomputed here', () => {
    expect(Object.keys(columns).concat(outcomes, published).sort()).toEqual(Object.keys(pipeline.definition.columns).sort());
  });

  it.each(windows)('says what events strictly before the prediction say, worked out flight by flight ($from)', async ({ from, to }) => {
    const table = await queryDataset({ native, pipeline, sources, dataRoot, from: Date.parse(from), to: Date.parse(to), asOf: wholeStory });
    const flights = await readFlights(shifted(from, -20), shifted(to, 2));
    const history = createHistory(flights, weather);
    const byKey = new Map(flights.map((flight) => [`${flight.id} ${flight.scheduled}`, flight]));
    const random = createRandom(`point in time ${from}`);
    const different: string[] = [];
    for (let sample = 0; sample < flightsPerWindow; sample += 1) {
      const row = random.integer(table.rows);
      const key = `${String(valueOf(table, 'flight_id', row))} ${Number(valueOf(table, 'scheduled_departure', row)) / 60_000}`;
      const asked = question(byKey.get(key) ?? expect.unreachable(key), history, airport);
      for (const [name, column] of Object.entries(columns)) {
        const [ours, theirs] = [column(asked), valueOf(table, name, row)];
        const equal = typeof ours === 'number' && typeof theirs === 'number' ? Object.is(ours, theirs) || Math.abs(ours - theirs) <= 1e-9 : ours === theirs;
        if (!equal) different.push(`${key}: ${name} is ${theirs}, and should be ${ours}`);
      }
    }
    expect(different).toEqual([]);
  }, 60_000);
});

describe('altering the raw tables', () => {
  const window = { from: '2013-07-22', to: '2013-07-24' };
  let folder = '';
  let timedFlights = '';
  let table: Table;
  let sample: number[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taxiway-point-in-time-'));
    timedFlights = await writeTimedFlights(folder, await readFlights(shifted(window.from, -20), shifted(window.to, 2)));
    table = await queryDataset({ native, pipeline, sources, dataRoot, from: Date.parse(window.from), to: Date.parse(window.to), asOf: wholeStory });
    const random = createRandom('altered');
    const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => valueOf(table, 'outcome', row) === 'completed');
    sample = Array.from({ length: 16 }, () => rows[random.integer(rows.length)] ?? 0);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const known = Object.entries(pipeline.definition.columns).flatMap(([name, { known: moment }]) => (moment === 'landed' ? [] : [name]));
  const minuteOf = (row: number): number => Number(valueOf(table, 'predicted_at', row)) / 60_000;

  /** The columns of one flight that other raw tables give another value. */
  async function changedBy(row: number, alteration: Alteration): Promise<string[]> {
    const scheduled = Number(valueOf(table, 'scheduled_departure', row));
    const altered = await queryDataset({ native, pipeline, sources: alteredSources(sources, timedFlights, alteration), dataRoot, from: scheduled, to: scheduled + 60_000, asOf: wholeStory });
    const own = Array.from({ length: altered.rows }, (_, other) => other).find((other) => valueOf(altered, 'flight_id', other) === valueOf(table, 'flight_id', row)) ?? expect.unreachable('the flight is gone');
    return known.filter((name) => !Object.is(valueOf(altered, name, own), valueOf(table, name, row)));
  }

  /** Which flights SQL must take for others than the one that is asked about. */
  const others = (row: number): string => `NOT (flight_id = '${String(valueOf(table, 'flight_id', row))}' AND scheduled = ${Number(valueOf(table, 'scheduled_departure', row)) / 60_000})`;

  it('at and after the prediction changes nothing: neither when all of it is deleted nor when all of it is different', async () => {
    for (const [index, row] of sample.entries()) {
      const asked = minuteOf(row);
      const left = `departed >= ${asked} AND ${others(row)}`;
      const landed = `landed >= ${asked}`;
      const deleted: Alteration = {
        flights: { dep_delay: `CASE WHEN ${left} THEN NULL ELSE dep_delay END`, tailnum: `CASE WHEN ${left} THEN NULL ELSE tailnum END`, arr_delay: `CASE WHEN ${landed} THEN NULL ELSE arr_delay END`, air_time: `CASE WHEN ${landed} THEN NULL ELSE air_time END` },
        weather: {},
        keepWeather: `complete < ${asked}`,
        keepEvents: `epoch_ms(known_at) // 60000 < ${asked}`,
      };
      const later = (name: string, other: string): string => `CASE WHEN complete >= ${asked} THEN ${other} ELSE ${name} END`;
      const different: Alteration = {
        // What has not happened happens later and worse; what never happened does.
        flights: { dep_delay: `CASE WHEN ${left} THEN dep_delay + 37 ELSE dep_delay END`, arr_delay: `CASE WHEN ${landed} THEN arr_delay + 53 ELSE arr_delay END`, air_time: `CASE WHEN ${landed} THEN air_time - 20 ELSE air_time END` },
        weather: { temp: later('temp', '-20'), humid: later('humid', '1'), wind_speed: later('wind_speed', '70'), precip: later('precip', '3'), pressure: later('pressure', '900'), visib: later('visib', '0') },
        keepWeather: 'true',
        keepEvents: 'true',
      };
      expect({ row, changed: await changedBy(row, index % 2 === 0 ? deleted : different) }).toEqual({ row, changed: [] });
    }
  }, 120_000);

  it('a minute before the prediction changes what is told of it', async () => {
    const whole = { weather: {}, keepWeather: 'true', keepEvents: 'true' };
    const [row = 0] = sample;
    const asked = minuteOf(row);
    const [origin, destination] = [String(valueOf(table, 'origin', row)), String(valueOf(table, 'destination', row))];
    // Departures of the last hour were a minute earlier; landings at the destination were in the air a minute longer.
    const departures = await changedBy(row, { ...whole, flights: { dep_delay: `CASE WHEN departed < ${asked} AND departed >= ${asked - 60} AND origin = '${origin}' THEN dep_delay - 1 ELSE dep_delay END` } });
    expect(departures).toEqual(expect.arrayContaining(['origin_departure_delay_60', 'origin_departure_delay_180', 'network_departure_delay_120']));
    const landings = await changedBy(row, { ...whole, flights: { air_time: `CASE WHEN landed < ${asked} AND landed >= ${asked - 1440} AND dest = '${destination}' THEN air_time + 1 ELSE air_time END` } });
    expect(landings).toEqual(expect.arrayContaining(['route_air_gap_14d', 'route_air_gap_1d', 'region_air_residual_1440']));
    const weatherBefore = await changedBy(row, { ...whole, flights: {}, weather: { humid: `CASE WHEN complete < ${asked} AND complete >= ${asked - 60} THEN humid / 2 ELSE humid END` } });
    expect(weatherBefore).toEqual(['humidity']);
  }, 60_000);
});
