import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeedFlight } from '../../../src/adapters/data-source/feed/flights-of-feed.ts';
import type { DuckDbAppender, DuckDbConnection } from './duckdb-module.ts';

/** Columns that ingest gives a feed's flights, as far as a query of flights that leave has use for them. */
const numbers = ['year', 'month', 'day', 'flight', 'sched_dep_time', 'dep_time', 'dep_delay', 'sched_arr_time', 'arr_time', 'arr_delay', 'air_time', 'distance'] as const;
const texts = ['carrier', 'tailnum', 'origin', 'dest'] as const;

export const flightTable = ['id INTEGER', ...numbers.map((name) => `${name} SMALLINT`), ...texts.map((name) => `${name} VARCHAR`), 'scheduled_departure TIMESTAMP'].join(', ');

const rowsAtOnce = 500;

/** Adds flights, some hundred a turn of the event loop. */
export async function appendFlights(connection: DuckDbConnection, rows: readonly { readonly id: number; readonly flight: FeedFlight }[]): Promise<void> {
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    if (first > 0) await nextTurn();
    const appender = await connection.createAppender('told_flights');
    for (const { id, flight } of rows.slice(first, first + rowsAtOnce)) {
      appender.appendInteger(id);
      for (const name of numbers) appendNumber(appender, flight[name]);
      for (const name of texts) appendText(appender, flight[name]);
      appender.appendVarchar(flight.scheduled_departure.replace('T', ' ').replace('Z', ''));
      appender.endRow();
    }
    appender.closeSync();
  }
}

function appendNumber(appender: DuckDbAppender, value: number | null): void {
  if (value === null) appender.appendNull();
  else appender.appendSmallInt(value);
}

function appendText(appender: DuckDbAppender, value: string | null): void {
  if (value === null) appender.appendNull();
  else appender.appendVarchar(value);
}
