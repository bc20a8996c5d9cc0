import { createDataSources } from '../src/adapters/data-source/create-data-sources.ts';
import type { DatasetWindow } from '../src/data/open-dataset.ts';
import { queryDataset } from '../src/data/query-dataset.ts';
import { clientColumns } from '../src/gate/golden-requests.ts';
import type { Story } from './story.ts';
import { predictionLogWritten } from './traffic/prediction-log-written.ts';
import { type RequestRow, requestRows } from './traffic/table-rows.ts';
import { createTraffic } from './traffic/traffic.ts';
import type { Week } from './week.ts';

const rowsPerRequest = 250;
const concurrency = 4;

/** A week of flights as callers: each asks once, at off-block, with what was known then. Waits until the service has logged them all. */
export async function replayFlights(story: Story, scene: string, week: Week): Promise<void> {
  await story.journal.scene(`${scene}/traffic`, async () => {
    story.console.status(`features of the flights from ${week.name}`);
    const rows = await flightRequests(story, { from: week.from, to: week.to, asOf: Date.parse(week.checkedAt) });
    const traffic = createTraffic({
      url: story.serviceUrl,
      logger: {
        group: (_title, phase) => phase(),
        info: () => undefined,
        warn: () => undefined,
        debug: () => undefined,
        progress: (label, done, total) => story.console.bar(`week of ${week.name}: ${label}`, done, total),
      },
    });
    const counts = await traffic.replay(rows, { rowsPerRequest, concurrency });
    traffic.close();
    await predictionLogWritten(await podUrls(story));
    return { sent: counts.sent, failed: counts.failed, rows: counts.rows, versions: { ...counts.versions }, failures: { ...counts.failures }, p95: counts.latency.p95 };
  });
}

/** Requests of a few hundred flights of the last replayed days, for callers that only have to call. */
export async function recentRequests(story: Story): Promise<RequestRow[]> {
  const from = Date.parse('2013-05-28T00:00:00Z');
  return flightRequests(story, { from, to: from + 86_400_000, asOf: from + 3 * 86_400_000 });
}

async function flightRequests(story: Story, window: DatasetWindow): Promise<RequestRow[]> {
  const { definition } = story.pipeline;
  const columns = clientColumns(definition);
  const table = await queryDataset({
    native: story.native,
    pipeline: story.pipeline,
    sources: createDataSources(definition.data.sources),
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
