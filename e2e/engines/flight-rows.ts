import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readParquet } from '../../src/data/read-parquet.ts';
import type { Table } from '../../src/data/table.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';

const flights = join(import.meta.dirname, '../../data/nycflights13/flights.parquet');

/** A few columns of the flights themselves: enough for every kind of operator, without the work of the whole dataset. */
export const features = featuresSchema.parse([
  { transform: 'quantile-normal', columns: ['departure_delay', 'distance'] },
  { transform: 'cyclical-time', columns: ['scheduled_time'], period: 2400 },
  { transform: 'target-encoding', columns: ['destination'], smoothing: 200 },
  { transform: 'one-hot', columns: ['origin'] },
  { transform: 'embedding', columns: ['carrier', 'destination'], dimensions: 4 },
]);

const names = { departure_delay: 'dep_delay', arrival_delay: 'arr_delay', distance: 'distance', scheduled_time: 'sched_dep_time' };
const texts = { carrier: 'carrier', origin: 'origin', destination: 'dest' };

/** Real flights that arrived, of the days from `from` to before `to` (YYYY-MM-DD), in order. */
export async function flightRows(from: string, to: string): Promise<Table> {
  const table = await readParquet({ load: createRequire(import.meta.url) }, [flights], {
    columns: [...Object.values(names), ...Object.values(texts)],
    where: `arr_delay IS NOT NULL AND scheduled_departure >= TIMESTAMP '${from}' AND scheduled_departure < TIMESTAMP '${to}'`,
    orderBy: ['scheduled_departure', 'carrier', 'flight', 'origin'],
  });
  const arrival = table.numbers.get(names.arrival_delay) ?? new Float64Array();
  return {
    rows: table.rows,
    numbers: new Map([...Object.entries(names).map(([name, source]): [string, Float64Array] => [name, table.numbers.get(source) ?? new Float64Array()]), ['delayed', arrival.map((delay) => (delay >= 15 ? 1 : 0))]]),
    strings: new Map(Object.entries(texts).map(([name, source]): [string, readonly string[]] => [name, table.strings.get(source) ?? []])),
  };
}
