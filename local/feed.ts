import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetSource } from '../src/adapters/data-source/parquet.ts';
import { withDatabase } from '../src/data/database.ts';
import { quoteText } from '../src/data/sql-text.ts';
import { silentLogger } from '../src/ports/logger.ts';
import { UserError } from '../src/errors.ts';
import type { Story } from './story.ts';

/** What arrives when: real flights until the end of September, then flights whose Newark departure delays read 0. */
export type FeedPart = 'winter-to-summer' | 'autumn-with-simulated-outage';

const outageStart = "TIMESTAMP '2013-10-01 00:00:00'";
const sharedFiles = ['weather.parquet', 'airports.parquet', 'planes.parquet', 'airlines.parquet'];
const handWrittenFiles = ['facilities.csv', 'events.csv'];
const data = join(import.meta.dirname, '..', 'data', 'nycflights13');

/** The simulated fault: what the departure feed would say of a Newark flight that left, had it frozen. Arrivals stay true. */
const frozenNewark = `SELECT * REPLACE (
  CASE WHEN origin = 'EWR' AND dep_delay IS NOT NULL THEN 0 ELSE dep_delay END AS dep_delay,
  CASE WHEN origin = 'EWR' AND dep_time IS NOT NULL THEN sched_dep_time ELSE dep_time END AS dep_time
)`;

/** The data of this repository, whole: asked before a story begins, and before an old one is forgotten. @throws UserError source-missing, source-unreadable */
export async function demandFlights(): Promise<void> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'taxiway-loop-'));
  try {
    for (const name of ['flights.parquet', ...sharedFiles]) {
      await parquetSource({ path: name }, { name, logger: silentLogger }).resolve({ root: data, from: 0, to: 0, asOf: 0, workDirectory });
    }
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(cause.code, cause.message, { hint: 'Bring the data back as it is in git: git checkout -- data/nycflights13', cause });
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

/** Files appear in the data root as they would arrive in a bucket. A simulated fault is named in the file that carries it. */
export async function publishFlights(story: Story, part: FeedPart): Promise<{ files: string[] }> {
  const { feed } = story.paths;
  await mkdir(feed, { recursive: true });
  for (const name of [...sharedFiles, ...handWrittenFiles]) await copyFile(join(data, name), join(feed, name));
  const [name, select, when] =
    part === 'winter-to-summer'
      ? ['flights-2013-01-to-09.parquet', 'SELECT *', `scheduled_departure < ${outageStart}`]
      : ['flights-2013-10-to-12.simulated-ewr-outage.parquet', frozenNewark, `scheduled_departure >= ${outageStart}`];
  const draft = join(feed, `${name}.draft`);
  await rm(draft, { force: true });
  // One thread writes the same bytes every time: the file's digest is part of every snapshot made from it.
  const options = { threads: 1 };
  await withDatabase(story.native, (database) =>
    database.run(`COPY (${select} FROM read_parquet(${quoteText(join(data, 'flights.parquet'))}) WHERE ${when} ORDER BY ALL) TO ${quoteText(draft)} (FORMAT parquet, COMPRESSION zstd)`),
    options,
  );
  await rename(draft, join(feed, name));
  return { files: [name] };
}
