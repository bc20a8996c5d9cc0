import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtifactStore } from '../../../src/adapters/artifact-store/file.ts';
import { StoreModelRegistry } from '../../../src/adapters/model-registry/store.ts';
import { createOnnxRuntimeEngine } from '../../../src/adapters/training-engine/onnxruntime.ts';
import { ArtifactRepository } from '../../../src/artifacts/artifact.ts';
import { digestOf, hexOf } from '../../../src/artifacts/digest.ts';
import { readParquet } from '../../../src/data/read-parquet.ts';
import { snapshotFiles } from '../../../src/data/snapshot-files.ts';
import type { Table } from '../../../src/data/table.ts';
import { readModelDescription } from '../../../src/delaynet/model-description.ts';
import { readCandidate } from '../../../src/gate/candidate.ts';
import { silentLogger } from '../../../src/ports/logger.ts';
import { train } from '../../../src/steps/train.ts';
import { openFlightRows } from '../../flight-rows.ts';
import { benchContext, yearDataset } from '../../year-dataset.ts';
import type { ServedModel, ServedRow } from './served-model.ts';
import { openSession, scoreRows } from './session.ts';

const rowCount = 256;
const cache = join(import.meta.dirname, '..', '..', '.cache');

/** The model that `train` makes of the year, and real flights to ask it for; kept in bench/.cache until the pipeline changes. */
export async function makeRealModel(): Promise<ServedModel> {
  const { pipeline, read } = await openFlightRows();
  const path = join(cache, `serving-model-${hexOf(pipeline.digest).slice(0, 16)}`, 'model.onnx');
  const bytes = await readFile(path).catch(() => trainModel(path));
  const { inputs } = readModelDescription(new Uint8Array(bytes));
  const columns = { numbers: inputs.num, strings: inputs.cat };
  const { definition } = pipeline;
  const { key, 'event-time': eventTime } = definition.data.dataset;
  const names = [...new Set([...key, eventTime, ...inputs.num, ...inputs.cat])];
  const timestamps = new Set(names.filter((name) => definition.columns[name]?.type === 'timestamp'));
  const table = await read('2013-06-10', '2013-06-11');
  const rows = Array.from({ length: Math.min(rowCount, table.rows) }, (_, index) => rowAt(table, { names, timestamps }, index));
  const session = await openSession(path);
  return { name: 'the real model', path, digest: digestOf(new Uint8Array(bytes)), ...columns, rows, expected: [...(await scoreRows(session, rows, columns))] };
}

function rowAt(table: Table, { names, timestamps }: { readonly names: readonly string[]; readonly timestamps: ReadonlySet<string> }, row: number): ServedRow {
  return Object.fromEntries(
    names.map((name): [string, string | number | null] => {
      const text = table.strings.get(name)?.[row];
      if (text !== undefined) return [name, text === '' ? null : text];
      const value = table.numbers.get(name)?.[row] ?? Number.NaN;
      return [name, timestamps.has(name) ? new Date(value).toISOString() : Number.isNaN(value) ? null : value];
    }),
  );
}

async function trainModel(path: string): Promise<Uint8Array> {
  console.log('Training the real model; this happens once for a pipeline file.');
  const folder = await mkdtemp(join(tmpdir(), 'bench-serving-model-'));
  try {
    const { store, dataset } = await yearDataset();
    const context = await benchContext(store, folder);
    const engine = createOnnxRuntimeEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger });
    const registry = new StoreModelRegistry({ store: context.store, model: context.pipeline.definition.name, clock: context.clock });
    // The candidate goes to a store of its own: the year's dataset is kept for other benchmarks.
    const scratch = new FileArtifactStore(join(folder, 'store'));
    const artifacts = new ArtifactRepository(scratch);
    const files = await snapshotFiles(context.artifacts, await context.artifacts.read('clean-snapshot', dataset));
    const copy = await artifacts.write({ kind: 'clean-snapshot', files: Object.fromEntries(files.map(({ name, path: file }) => [name, { path: file }])), parents: {}, metadata: {} });
    const ports = { engine, registry, readRows: (paths: readonly string[], request: Parameters<typeof readParquet>[2]) => readParquet(context.native, paths, request) };
    const { outputs } = await train({ dataset: copy.digest, warmStart: undefined, championEnvironment: undefined }, { ...context, ...ports, store: scratch, artifacts });
    const { model } = await readCandidate(artifacts, outputs.candidate);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, model);
    return model;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
