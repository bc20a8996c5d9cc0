import { FileArtifactStore } from '../src/adapters/artifact-store/file.ts';
import { createDataSources } from '../src/adapters/data-source/create-data-sources.ts';
import type { DatasetWindow } from '../src/data/open-dataset.ts';
import { queryDataset } from '../src/data/query-dataset.ts';
import { clientColumns } from '../src/gate/golden-requests.ts';
import { UserError } from '../src/errors.ts';
import { silentLogger } from '../src/ports/logger.ts';
import type { Story } from './story.ts';
import { predictionLogWritten } from './traffic/prediction-log-written.ts';
import { type RequestRow, requestRows } from './traffic/table-rows.ts';
import { createTraffic } from './traffic/traffic.ts';
import type { Week } from './week.ts';

const rowsPerRequest = 250;
const concurrency = 4;
const weeksAtOnce = 4;

/** Callers of the weeks to come. The dataset query costs much the same for one week as for four, so it is asked for several at once. */
export class FlightCallers {
  private readonly story: Story;
  private readonly weeks: readonly Week[];
  private newest: { readonly first: number; readonly rows: Promise<readonly RequestRow[]> } | undefined;

  constructor(story: Story, weeks: readonly Week[]) {
    this.story = story;
    this.weeks = weeks;
  }

  /** A week of flights: each asks once, at off-block, with what was known then. Waits until the service has logged them all. */
  async replay(scene: string, week: Week): Promise<void> {
    const { console, journal } = this.story;
    await journal.scene(`${scene}/traffic`, async () => {
      const rows = await this.rowsOf(week);
      const traffic = createTraffic({
        url: this.story.serviceUrl,
        logger: { ...silentLogger, progress: (label, done, total) => console.bar(`week of ${week.name}: ${label}`, done, total) },
      });
      const counts = await traffic.replay(rows, { rowsPerRequest, concurrency });
      traffic.close();
      await predictionLogWritten(await podUrls(this.story));
      return { sent: counts.sent, failed: counts.failed, rows: counts.rows, versions: { ...counts.versions }, failures: { ...counts.failures }, p95: counts.latency.p95 };
    });
  }

  private async rowsOf(week: Week): Promise<readonly RequestRow[]> {
    const first = Math.floor(this.weeks.indexOf(week) / weeksAtOnce) * weeksAtOnce;
    const rows = await this.block(first);
    // While the week is watched, the next weeks' features are computed.
    if (this.weeks.indexOf(week) === first + weeksAtOnce - 1) this.block(first + weeksAtOnce).catch(() => undefined);
    const time = this.story.pipeline.definition.data.dataset['event-time'];
    const [from, to] = [new Date(week.from).toISOString(), new Date(week.to).toISOString()];
    // ISO 8601 in UTC: the order of the texts is that of the moments.
    return rows.filter((row) => String(row[time]) >= from && String(row[time]) < to);
  }

  /** The requests of some weeks from the given one on; only the newest block is kept. */
  private block(first: number): Promise<readonly RequestRow[]> {
    if (this.newest?.first === first) return this.newest.rows;
    const weeks = this.weeks.slice(first, first + weeksAtOnce);
    const [start, end] = [weeks[0], weeks.at(-1)];
    if (start === undefined || end === undefined) return Promise.resolve([]);
    const rows = flightRequests(this.story, { from: start.from, to: end.to, asOf: Date.parse(end.checkedAt) });
    this.newest = { first, rows };
    return rows;
  }
}

/** A day's requests, for callers that only have to call. */
export async function someRequests(story: Story): Promise<RequestRow[]> {
  const from = Date.parse('2013-05-28T00:00:00Z');
  return flightRequests(story, { from, to: from + 86_400_000, asOf: from + 3 * 86_400_000 });
}

async function flightRequests(story: Story, window: DatasetWindow): Promise<RequestRow[]> {
  const { definition } = story.pipeline;
  const columns = clientColumns(definition);
  const table = await queryDataset({
    native: story.native,
    pipeline: story.pipeline,
    sources: createDataSources(definition.data.sources, {
      logger: silentLogger,
      native: story.native,
      pipelineFolder: story.pipeline.folder,
      store: new FileArtifactStore(story.paths.store),
      createPlugin: ({ type }) => {
        throw new UserError('implementation-unknown', `the loop does not load plugins, and source type "${type}" comes from one`, { hint: 'Take the source out of the pipeline that the loop plays.' });
      },
    }),
    dataRoot: story.paths.feed,
    ...window,
    columns,
    // Cancelled flights never leave the gate, so nobody asks.
    where: "departure_delay IS NOT NULL AND outcome <> 'cancelled'",
  });
  const timestamps = columns.filter((name) => definition.columns[name]?.type === 'timestamp');
  return requestRows(table, { columns, timestamps });
}

async function podUrls(story: Story): Promise<string[]> {
  const { pods } = await story.clusterState();
  return pods.filter((pod) => pod.ready).map((pod) => pod.url);
}
