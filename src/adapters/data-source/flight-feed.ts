import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../../data/sql-text.ts';
import { UserError } from '../../errors.ts';
import type { DataSource, ResolvedSource, SourceFile, SourceWindow } from '../../ports/data-source.ts';
import { type HttpContext, systemHttp } from '../http/http-context.ts';
import { openDataFolder } from '../data-folder/open-data-folder.ts';
import { feedPeriod } from './feed/feed-period.ts';
import { flightsOfFeed } from './feed/flights-of-feed.ts';
import { fetchFeedDays } from './feed/fetch-feed-days.ts';
import { type FeedFile, type RejectedLine, readFeed } from './feed/read-feed.ts';
import { inParallel } from './in-parallel.ts';

export interface FlightFeedOptions {
  /** Folder of files by minute (feed-period.ts says how they are named), relative to the data root. */
  readonly path?: string | undefined;
  /** URL that answers `?from=…&to=…` (ISO 8601, UTC, half-open) with the events of that time, one JSON object a line. */
  readonly endpoint?: string | undefined;
}

const day = 86_400_000;
const naming = 'Files are named by the minutes they hold, in UTC: 2013/06/01/0730.jsonl, 2013/06/01/07.jsonl or 2013/06/01.jsonl.';
const filesAtOnce = 8;
/** Bytes; a file is held in memory. */
const largestFile = 64 * 1024 * 1024;

const columns = {
  scheduled_departure: 'TIMESTAMP', year: 'SMALLINT', month: 'TINYINT', day: 'TINYINT', carrier: 'VARCHAR', flight: 'SMALLINT', tailnum: 'VARCHAR', origin: 'VARCHAR', dest: 'VARCHAR',
  sched_dep_time: 'SMALLINT', dep_time: 'SMALLINT', dep_delay: 'SMALLINT', sched_arr_time: 'SMALLINT', arr_time: 'SMALLINT', arr_delay: 'SMALLINT', air_time: 'SMALLINT', distance: 'SMALLINT',
  reported_at: 'TIMESTAMP',
};

/**
 * Departures and arrivals as they happen, as rows of `flights` that are scheduled within the window, two days more on each side: what was not
 * known at as-of is not in them. Schedules may be told up to ten days ahead.
 * @throws UserError source-missing, source-unreadable, source-unavailable, source-denied
 */
export function flightFeedSource({ path, endpoint }: FlightFeedOptions, name: string, http: HttpContext = systemHttp): DataSource {
  return {
    resolve: async (window) => {
      const scheduled = { from: window.from - 2 * day, to: window.to + 2 * day };
      const span = { from: scheduled.from - 10 * day, to: Math.min(scheduled.to + 2 * day, window.asOf + 1) };
      const folder = join(window.workDirectory, `feed-${name}`);
      await mkdir(folder, { recursive: true });
      const found = endpoint === undefined ? await filesOf(path ?? '.', span, window) : await fetchFeedDays(http, { endpoint, ...span, folder });
      const { told, rejected } = await readFeed(found, window.asOf);
      // At the edges the feed tells of flights whose schedule lies outside what was read: they are not asked for.
      const wanted = told.filter(({ event }) => event.scheduled_departure >= scheduled.from && event.scheduled_departure < scheduled.to);
      const { flights, unscheduled } = flightsOfFeed(wanted.map(({ event }) => event));
      const lost = new Set(unscheduled);
      const lines = [
        ...rejected,
        ...wanted
          .filter(({ event }) => lost.has(event))
          .map(({ event, file, line }): RejectedLine => ({ file, line, reason: `${event.event} of a flight that was not scheduled in the feed`, text: JSON.stringify(event) })),
      ];
      return {
        relation: await writeRelation(join(folder, 'flights.jsonl'), flights, columns),
        rejected: await writeRelation(join(folder, 'rejected.jsonl'), lines, { file: 'VARCHAR', line: 'BIGINT', reason: 'VARCHAR', text: 'VARCHAR' }),
        files: found.map(({ name: file, digest, size }) => ({ name: file, digest, size })),
      } satisfies ResolvedSource;
    },
  };
}

async function filesOf(path: string, span: { readonly from: number; readonly to: number }, { root, workDirectory }: SourceWindow): Promise<(FeedFile & SourceFile)[]> {
  const folder = openDataFolder(root, workDirectory);
  const prefix = path === '.' ? '' : `${path.replace(/\/+$/, '')}/`;
  const listed = (await folder.list(`${prefix}**/*.jsonl`)).map((file) => ({ ...file, period: feedPeriod(file.name.slice(prefix.length)) }));
  const stranger = listed.find(({ period }) => period === undefined);
  if (stranger !== undefined) throw new UserError('source-unreadable', `${stranger.name} under ${folder.uri} does not say in its name which minutes it holds`, { hint: naming });
  const wanted = listed.filter(({ period }) => period !== undefined && period.from < span.to && period.to > span.from);
  if (wanted.length === 0) {
    throw new UserError(listed.length === 0 ? 'source-missing' : 'source-nothing-in-window', `no file of the feed under ${folder.uri}/${prefix} holds minutes from ${new Date(span.from).toISOString()} to ${new Date(span.to).toISOString()}`, {
      hint: naming,
    });
  }
  const large = wanted.find(({ size }) => size > largestFile);
  if (large !== undefined) {
    throw new UserError('source-unreadable', `${large.name} under ${folder.uri} is ${large.size} bytes long; allowed: ${largestFile}`, { hint: 'A day of flights is some megabytes: look at what was written there, or cut it by hour or minute.' });
  }
  return inParallel(wanted, filesAtOnce, async ({ name }) => ({ name, ...(await folder.fetch(name)) }));
}

/** A file that DuckDB reads with exactly these columns. */
async function writeRelation(path: string, rows: readonly object[], types: Readonly<Record<string, string>>): Promise<string> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const described = Object.entries(types).map(([column, type]) => `${column}: ${quoteText(type)}`);
  return `read_json(${quoteText(path)}, format = 'newline_delimited', columns = {${described.join(', ')}})`;
}
