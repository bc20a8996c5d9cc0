import type { z } from 'zod';
import type { openMeteoSourceSchema } from '../../pipeline/schema/data.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { httpUrl } from '../http/http-url.ts';
import { day, isoDay } from './weather/monthly-periods.ts';
import { keepOpenMeteo, readOpenMeteo, tooLongAgo, type Coordinates } from './weather/read-open-meteo.ts';
import { measures, weatherColumns, type Measure } from './weather/weather-columns.ts';
import type { WeatherPage, WeatherService } from './weather/weather-service.ts';
import { weatherSource, type WeatherContext } from './weather/weather-source.ts';

export type OpenMeteoOptions = Omit<z.infer<typeof openMeteoSourceSchema>, 'type'>;

const endpoints = { archive: 'https://archive-api.open-meteo.com/v1/archive', forecast: 'https://api.open-meteo.com/v1/forecast' } as const;

/** ERA5, the archive's reanalysis, has no visibility. */
const lacking = { archive: new Set<Measure>(['visib']), forecast: new Set<Measure>() } as const;

/**
 * Hourly weather of Open-Meteo (https://open-meteo.com, CC BY 4.0), asked for in the table's units and in UTC, by station and month.
 *
 * What it is, and what it is not:
 * - `api: archive` is reanalysis: a model's best account of the past, made days later from observations that nobody had at the time. It tells what
 *   the weather was, not what was known. For training where no observations are; a backtest on it is a little too good. Visibility is missing.
 * - `api: forecast` is the live one: recent days (at most 92, its past_days) and today, from the first hours of each model run. Hours that
 *   are not over yet are forecasts and are left out.
 * - Both are models of a cell some kilometres wide and say a gust for every hour; a station's reports (iem-asos) say one only where it blows. A
 *   model trained on one should not be served the other.
 * - An hour's values are those at its beginning, precipitation and gust of the hour before it: nothing in it is later than the moment it is joined.
 *
 * @throws UserError source-unavailable, source-denied, source-unreadable when resolved, input-invalid when the endpoint is no URL
 */
export function openMeteoSource(options: OpenMeteoOptions, context: WeatherContext): DataSource {
  const endpoint = httpUrl(options.endpoint ?? endpoints[options.api], `source ${context.name}`);
  const service: WeatherService<Coordinates> = {
    type: 'open-meteo',
    pause: 250,
    endpoint,
    url: (page) => requestUrl(endpoint, options.api, page),
    ...(options.api === 'forecast' ? { lacks: tooLongAgo } : {}),
    keep: keepOpenMeteo,
    read: (text, page) => readOpenMeteo(text, page, lacking[options.api]),
  };
  return weatherSource(service, options.stations, context);
}

function requestUrl(endpoint: URL, api: OpenMeteoOptions['api'], { station, period }: WeatherPage<Coordinates>): string {
  const url = new URL(endpoint);
  const asked = measures.filter((measure) => !lacking[api].has(measure)).map((measure) => weatherColumns[measure].openMeteo.variable);
  const parameters = {
    latitude: String(station.latitude),
    longitude: String(station.longitude),
    start_date: isoDay(period.from),
    end_date: isoDay(period.to - day),
    hourly: asked.join(','),
    temperature_unit: 'fahrenheit',
    wind_speed_unit: 'mph',
    precipitation_unit: 'inch',
    timeformat: 'iso8601',
    timezone: 'GMT',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
