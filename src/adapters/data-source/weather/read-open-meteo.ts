import { z } from 'zod';
import { day, isoDay } from './monthly-periods.ts';
import { eachMeasure, inTableUnit, measures, weatherColumns, type Measure, type WeatherRow } from './weather-columns.ts';
import { glimpse, PageFault, type WeatherPage } from './weather-service.ts';

export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

const series = z.array(z.number().nullable());
const answerSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  utc_offset_seconds: z.number(),
  hourly_units: z.record(z.string(), z.string()),
  hourly: z.looseObject({ time: z.array(z.string()) }),
});
type Answer = z.infer<typeof answerSchema>;

/** Degrees: the nearest cell of the coarsest model (0.25°) is nearer than this. */
const nearby = 0.5;

/** The JSON without the time it took to make it, which is different every time. @throws PageFault */
export function keepOpenMeteo(text: string): string {
  return JSON.stringify(parse(text), (key, value: unknown) => (key === 'generationtime_ms' ? undefined : value));
}

/**
 * The hours of an answer of Open-Meteo's archive or forecast: columns of equal length under `hourly`, named in `hourly_units`.
 * Variables listed in `without` are not in the answer and are missing in every row; hours without any value are no rows.
 * @throws PageFault
 */
export function readOpenMeteo(text: string, page: WeatherPage<Coordinates>, without: ReadonlySet<Measure>): WeatherRow[] {
  const checked = answerSchema.safeParse(parse(text));
  if (!checked.success) throw new PageFault(`JSON that is no hourly weather: ${z.prettifyError(checked.error).replaceAll('\n', ' ')}`);
  checkPlace(checked.data, page);
  const { time } = checked.data.hourly;
  const columns = new Map(measures.filter((measure) => !without.has(measure)).map((measure) => [measure, column(checked.data, measure)]));
  const rows = time.map((at, index): WeatherRow => ({ origin: page.origin, hour: hourOf(at, page), values: eachMeasure((measure) => columns.get(measure)?.[index] ?? null) }));
  return onceEach(rows).filter(({ values }) => measures.some((measure) => values[measure] !== null));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PageFault(`no whole JSON: ${glimpse(text)}`);
  }
}

function checkPlace({ latitude, longitude, utc_offset_seconds: offset }: Answer, { station }: WeatherPage<Coordinates>): void {
  if (offset !== 0) throw new PageFault(`local times, ${offset} s ahead of UTC; allowed: UTC`);
  const east = Math.abs(longitude - station.longitude) % 360;
  if (Math.abs(latitude - station.latitude) > nearby || Math.min(east, 360 - east) > nearby) {
    throw new PageFault(`weather of ${latitude}, ${longitude}; asked: ${station.latitude}, ${station.longitude}`);
  }
}

function column({ hourly, hourly_units: units }: Answer, measure: Measure): (number | null)[] {
  const { variable, factors } = weatherColumns[measure].openMeteo;
  const values = series.safeParse(hourly[variable]);
  if (hourly[variable] === undefined) throw new PageFault(`without ${variable}`);
  if (!values.success) throw new PageFault(`${variable} with values that are no numbers`);
  if (values.data.length !== hourly.time.length) throw new PageFault(`${values.data.length} values of ${variable} for ${hourly.time.length} hours`);
  const unit = units[variable] ?? 'no unit';
  const factor = Object.hasOwn(factors, unit) ? factors[unit] : undefined;
  if (factor === undefined) throw new PageFault(`${variable} in ${unit}; allowed: ${Object.keys(factors).join(', ')}`);
  return values.data.map((value) => (value === null ? null : inTableUnit(measure, value, factor)));
}

function hourOf(text: string, { period }: WeatherPage<Coordinates>): number {
  const moment = /^\d{4}-\d\d-\d\dT\d\d:00$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(moment)) throw new PageFault(`the time ${glimpse(text)}; allowed: whole hours such as 2013-01-31T23:00`);
  // Another time zone's answer would show here.
  if (moment < period.from || moment >= period.to) throw new PageFault(`${text}, which was not asked for`);
  return moment;
}

/** The same hour twice is one hour where both say the same. */
function onceEach(rows: readonly WeatherRow[]): WeatherRow[] {
  const byHour = new Map<number, WeatherRow>();
  for (const row of rows) {
    const earlier = byHour.get(row.hour);
    if (earlier !== undefined && JSON.stringify(earlier.values) !== JSON.stringify(row.values)) throw new PageFault(`two different records of ${new Date(row.hour).toISOString()}`);
    byHour.set(row.hour, row);
  }
  return [...byHour.values()];
}

/** How far back the forecast service goes, in days before today: its past_days. */
const forecastDays = 92;

/** Why the forecast service cannot have the page, or undefined. */
export function tooLongAgo({ period }: WeatherPage<Coordinates>, now: number): string | undefined {
  const earliest = Math.floor(now / day) * day - forecastDays * day;
  return period.from >= earliest ? undefined : `the forecast service goes back ${forecastDays} days, to ${isoDay(earliest)}; asked: ${isoDay(period.from)}`;
}
