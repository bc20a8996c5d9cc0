import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { digestOf } from '../../src/artifacts/digest.ts';
import { readParquet } from '../../src/data/read-parquet.ts';
import { rowsFile, snapshotFiles } from '../../src/data/snapshot-files.ts';
import type { Table } from '../../src/data/table.ts';
import { readModelDescription } from '../../src/delaynet/model-description.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { readCandidate } from '../../src/gate/candidate.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { train } from '../../src/steps/train.ts';
import type { BenchOptions, BenchReport } from '../bench-report.ts';
import { benchContext, yearDataset } from '../year-dataset.ts';
import { spoilRows } from './spoil-rows.ts';
import { startService } from './running-service.ts';

const tolerance = 1e-6;
const mostRowsOfRequest = 1000;
const requestsAtOnce = 4;

/**
 * The same rows through the batch path and through `/predict` of the shipped server, with a model that `train` makes here of the year's rows:
 * the largest difference of two probabilities. Gaps, unknown and odd categories and odd numbers are among the rows.
 */
export async function benchSameAnswers({ quick }: BenchOptions): Promise<BenchReport> {
  const count = quick ? 5_000 : 100_000;
  const folder = await mkdtemp(join(tmpdir(), 'bench-same-answers-'));
  try {
    const { model, table, columns, timestamps, batch } = await modelAndRows(count, folder);
    const path = join(folder, 'model.onnx');
    await writeFile(path, model);
    const service = await startService({ path, digest: digestOf(model) });
    try {
      const served = await serveAll(count, (row) => requestRow(table, { columns, timestamps }, row), (rows) => service.predict(rows));
      const differences = served.map((probability, row) => Math.abs(probability - (batch[row] ?? NaN)));
      const largest = differences.reduce((most, difference) => (Number.isNaN(difference) ? NaN : Math.max(most, difference)), 0);
      console.log(`${count} rows: largest difference ${largest}, ${differences.filter((difference) => difference > 0).length} rows differ at all`);
      return { bench: 'same-answers', results: [{ metric: 'largest_difference_of_a_probability', ours: largest, peer: 'limit', peerValue: tolerance, ratio: largest / tolerance, bar: 1, rounds: 1 }] };
    } finally {
      await service.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ModelAndRows {
  readonly model: Uint8Array;
  readonly table: Table;
  /** That a request must have. */
  readonly columns: readonly string[];
  readonly timestamps: readonly string[];
  /** What the batch path says of each row. */
  readonly batch: Float64Array;
}

async function modelAndRows(count: number, folder: string): Promise<ModelAndRows> {
  const { store, dataset } = await yearDataset();
  const context = await benchContext(store, folder);
  const { definition } = context.pipeline;
  const engine = createOnnxRuntimeEngine(context.native, { logger: silentLogger });
  const registry = new StoreModelRegistry({ store: context.store, model: definition.name, clock: context.clock });
  // The candidate goes to a store of its own: the year's dataset is kept for other benchmarks.
  const scratch = new FileArtifactStore(join(folder, 'store'));
  const artifacts = new ArtifactRepository(scratch);
  const year = await context.artifacts.read('clean-snapshot', dataset);
  const files = await snapshotFiles(context.artifacts, year);
  const copy = await artifacts.write({ kind: 'clean-snapshot', files: Object.fromEntries(files.map(({ name, path }) => [name, { path }])), parents: {}, metadata: {} });
  const ports = { engine, registry, readRows: (paths: readonly string[], request: Parameters<typeof readParquet>[2]) => readParquet(context.native, paths, request) };
  const { outputs } = await train({ dataset: copy.digest, warmStart: undefined, championEnvironment: undefined }, { ...context, ...ports, store: scratch, artifacts });
  const { model } = await readCandidate(artifacts, outputs.candidate);

  const { inputs } = readModelDescription(model);
  const { key, 'event-time': eventTime } = definition.data.dataset;
  const columns = [...new Set([...key, eventTime, ...inputs.num, ...inputs.cat])];
  const months = ['2013-06', '2013-07', '2013-08', '2013-09'].map(rowsFile);
  const paths = files.filter(({ name }) => months.includes(name)).map(({ path }) => path);
  const rows = await readParquet(context.native, paths, { columns, where: definition['scored-rows'], orderBy: key });
  const { table, gaps, strangers } = spoilRows(firstRows(rows, count), { numbers: inputs.num, strings: inputs.cat });
  console.log(`${table.rows} rows of ${inputs.num.length} numbers and ${inputs.cat.length} categories, with ${gaps} gaps and ${strangers} categories that no training has seen`);
  if (table.rows !== count) throw new Error(`the months hold ${table.rows} rows, not ${count}`);
  const timestamps = columns.filter((name) => definition.columns[name]?.type === 'timestamp');
  return { model, table, columns, timestamps, batch: await scoreTable(model, table, engine) };
}

function firstRows({ rows, numbers, strings }: Table, count: number): Table {
  const cut = Math.min(rows, count);
  return {
    rows: cut,
    numbers: new Map([...numbers].map(([name, values]) => [name, values.slice(0, cut)])),
    strings: new Map([...strings].map(([name, values]) => [name, values.slice(0, cut)])),
  };
}

function requestRow(table: Table, { columns, timestamps }: Pick<ModelAndRows, 'columns' | 'timestamps'>, row: number): object {
  return Object.fromEntries(
    columns.map((name): [string, string | number | null] => {
      const text = table.strings.get(name)?.[row];
      // A missing category is said in both ways that a caller has.
      if (text !== undefined) return [name, text === '' && row % 2 === 0 ? null : text];
      const value = table.numbers.get(name)?.[row] ?? NaN;
      if (timestamps.includes(name)) return [name, new Date(value).toISOString()];
      return [name, Number.isNaN(value) ? null : value];
    }),
  );
}

/** Requests of 1 to 1,000 rows, some at once, so that the service batches rows of several callers. */
async function serveAll(count: number, rowAt: (row: number) => object, predict: (rows: readonly object[]) => Promise<number[]>): Promise<Float64Array> {
  const random = createRandom('bench/same-answers/requests');
  const served = new Float64Array(count).fill(NaN);
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const start = next;
      const size = Math.min(count - start, random.next() < 0.2 ? 1 : 1 + random.integer(mostRowsOfRequest));
      next += size;
      served.set(await predict(Array.from({ length: size }, (_, index) => rowAt(start + index))), start);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, caller));
  return served;
}
