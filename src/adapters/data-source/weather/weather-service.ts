import type { Period } from './monthly-periods.ts';
import type { WeatherRow } from './weather-columns.ts';

/** One station's part of one month. */
export interface WeatherPage<Station> {
  /** As the flights name it. */
  readonly origin: string;
  /** As the service finds it. */
  readonly station: Station;
  readonly period: Period;
}

/** How one weather service is asked and understood; everything around it is the same for all. */
export interface WeatherService<Station> {
  readonly type: 'open-meteo' | 'iem-asos';
  /** As configured; its own query is never recorded. */
  readonly endpoint: URL;
  /** The service asks its users for time between requests: milliseconds from start to start. */
  readonly pause: number;
  /** The request, in one fixed order of parameters: it is the name of the answer in the cache. */
  url(page: WeatherPage<Station>): string;
  /** Why the service cannot have the page, or undefined. @param now milliseconds since the Unix epoch */
  lacks?(page: WeatherPage<Station>, now: number): string | undefined;
  /** The answer without what changes from one answer to the next though the weather does not. @throws PageFault */
  keep(text: string): string;
  /** Its records, in any order, each hour once. @throws PageFault */
  read(text: string, page: WeatherPage<Station>): WeatherRow[];
}

/** An answer that is not what the service documents. The message goes after "answered": what, where, what is allowed. */
export class PageFault extends Error {
  override readonly name = 'PageFault';
}

/** The beginning of a text that should not be there, fit for a log. */
export function glimpse(text: string): string {
  const plain = text.slice(0, 200).replace(/[\p{C}\s]+/gu, ' ').trim();
  return JSON.stringify(plain.length > 60 ? `${plain.slice(0, 60)}…` : plain);
}
