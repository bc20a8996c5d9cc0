import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { withDatabase } from '../../src/data/database.ts';

const native = { load: createRequire(import.meta.url) };
const rows = (sql: string) => withDatabase(native, (database) => database.rows(sql));

test('every origin has facilities on every day of the data, one row at a time, and bad weather never allows more than good', async () => {
  const found = await rows(`
    SELECT airport, valid_from::VARCHAR AS valid_from, valid_to::VARCHAR AS valid_to, lead(valid_from) OVER (PARTITION BY airport ORDER BY valid_from)::VARCHAR AS next_from,
      good_weather_low <= good_weather_high AND bad_weather_low <= bad_weather_high AND bad_weather_high <= good_weather_high AS ordered, time_zone, elevation_feet
    FROM read_csv('data/nycflights13/facilities.csv', header = true) ORDER BY airport, valid_from`);
  expect([...new Set(found.map((row) => row['airport']))]).toEqual(['EWR', 'JFK', 'LGA']);
  for (const row of found) {
    expect(row['next_from'] === null || row['next_from'] === row['valid_to']).toBe(true);
    expect(row['ordered']).not.toBe(false);
    expect(row['time_zone']).toBe('America/New_York');
  }
  const covering = found.filter((row) => String(row['valid_from']) <= '2013-01-01' && String(row['valid_to']) >= '2014-01-01');
  expect(covering).toHaveLength(3);
});

test('elevations agree with the airports table', async () => {
  const found = await rows(`SELECT DISTINCT f.airport, f.elevation_feet::INTEGER - a.alt AS difference FROM read_csv('data/nycflights13/facilities.csv', header = true) f JOIN 'data/nycflights13/airports.parquet' a ON a.faa = f.airport`);
  expect(found.map((row) => row['difference'])).toEqual([0, 0, 0]);
});

test('an event ends after it begins and is dated within the data', async () => {
  const found = await rows(`SELECT * FROM read_csv('data/nycflights13/events.csv', header = true) WHERE NOT (begins < ends AND known_at < ends AND begins >= '2013-01-01' AND ends < '2014-01-01')`);
  expect(found).toEqual([]);
});
