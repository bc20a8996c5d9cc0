import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import type { Table } from '../../src/data/table.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { sourceContext } from '../builders/source-context.ts';
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
  { from: '2013-10-31', to: '2013-11-04' },
] as const;
const flightsPerWindow = 60;

/** What only the end of the flight tells. */
const outcomes = ['outcome', 'arrival_delay', 'delayed', 'label_known_at'];
/** Of the airfield and of disruptions: rows of days and of published events, compared by the second test of each kind only. */
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
