import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDatabase } from '../../src/data/database.ts';
import type { DataSource } from '../../src/ports/data-source.ts';
import { quoteText } from '../../src/data/sql-text.ts';
import { dataRoot, native, type Flight } from './raw-tables.ts';

/** SQL of what is read instead of a raw column; of flights, `flight_id`, `scheduled`, `departed` and `landed` (minutes) can be asked too. */
export interface Alteration {
  /** Of flights. */
  readonly flights: Readonly<Partial<Record<'dep_delay' | 'arr_delay' | 'air_time' | 'tailnum', string>>>;
  /** Of weather's columns. */
  readonly weather: Readonly<Partial<Record<'temp' | 'humid' | 'wind_speed' | 'precip' | 'pressure' | 'visib', string>>>;
  /** Which rows of weather and of events are left. */
  readonly keepWeather: string;
  readonly keepEvents: string;
}

/** The raw flights of a window with the minutes in which they departed and landed, for SQL to know what lies before and what after a prediction. */
export async function writeTimedFlights(folder: string, flights: readonly Flight[]): Promise<string> {
  const path = join(folder, 'flights-with-minutes.parquet');
  const minutes = join(folder, 'minutes.csv');
  const cell = (minute: number): string => (Number.isNaN(minute) ? '' : String(minute));
  await writeFile(minutes, ['flight_id,scheduled,departed,landed', ...flights.map(({ id, scheduled, departed, landed }) => [id, scheduled, cell(departed), cell(landed)].join(','))].join('\n'));
  const columns = "{'flight_id': 'VARCHAR', 'scheduled': 'BIGINT', 'departed': 'BIGINT', 'landed': 'BIGINT'}";
  await withDatabase(native, (database) =>
    database.run(`COPY (SELECT f.*, m.* FROM read_parquet(${quoteText(join(dataRoot, 'flights.parquet'))}) f JOIN read_csv(${quoteText(minutes)}, columns = ${columns}, header = true) m
      ON m.scheduled = epoch_ms(f.scheduled_departure) // 60000 AND m.flight_id = f.carrier || f.flight || '-' || f.origin || '-' || f.dest) TO ${quoteText(path)} (FORMAT parquet)`));
  return path;
}

const source = (relation: string): DataSource => ({ resolve: () => Promise.resolve({ relation, files: [] }) });

/** The sources of the pipeline, altered; those that no event is in stay as they are. */
export function alteredSources(sources: Readonly<Record<string, DataSource>>, timedFlights: string, { flights, weather, keepWeather, keepEvents }: Alteration): Readonly<Record<string, DataSource>> {
  const replaced = (columns: Readonly<Record<string, string | undefined>>): string => {
    const entries = Object.entries(columns);
    return entries.length === 0 ? '' : ` REPLACE (${entries.map(([name, sql]) => `${sql ?? ''} AS ${name}`).join(', ')})`;
  };
  const file = (name: string): string => quoteText(join(dataRoot, name));
  return {
    ...sources,
    flights: source(`(SELECT * EXCLUDE (flight_id, scheduled, departed, landed)${replaced(flights)} FROM read_parquet(${quoteText(timedFlights)}))`),
    weather: source(`(SELECT *${replaced(weather)} FROM (SELECT *, epoch_ms(observed_hour) // 60000 + 55 AS complete FROM read_parquet(${file('weather.parquet')})) WHERE ${keepWeather})`),
    events: source(`(SELECT * FROM read_csv(${file('events.csv')}, header = true) WHERE ${keepEvents})`),
  };
}
