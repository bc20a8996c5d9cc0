import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { readParquet } from '../../src/data/read-parquet.ts';
import { snapshotFiles } from '../../src/data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../../src/data/sql-text.ts';
import type { Table } from '../../src/data/table.ts';
import type { LoadedPipeline } from '../../src/pipeline/load-pipeline.ts';
import { dayStart } from '../../src/pipeline/training-window.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { benchContext, yearDataset } from '../year-dataset.ts';

export interface ModelRows {
  readonly pipeline: LoadedPipeline;
  readonly engine: TrainingEngine;
  readonly fit: Table;
  readonly calibrate: Table;
  readonly test: Table;
}

/** Half-open days, UTC. Everything is chosen on the first two. */
export const windows = {
  fit: { from: '2013-01-01', to: '2013-05-01' },
  calibrate: { from: '2013-05-01', to: '2013-06-01' },
  test: { from: '2013-06-01', to: '2014-01-01' },
} as const;

/** The scored rows of the year, in the order of event time, as training and the gate read them. */
export async function readModelRows(): Promise<ModelRows> {
  const { store, dataset } = await yearDataset();
  const folder = await mkdtemp(join(tmpdir(), 'bench-model-rows-'));
  try {
    const { pipeline, artifacts, native } = await benchContext(store, folder);
    const { columns, data, 'scored-rows': scored } = pipeline.definition;
    const time = quoteIdentifier(data.dataset['event-time']);
    const paths = (await snapshotFiles(artifacts, await artifacts.read('clean-snapshot', dataset))).map(({ path }) => path);
    const read = ({ from, to }: { readonly from: string; readonly to: string }): Promise<Table> =>
      readParquet(native, paths, {
        columns: Object.keys(columns),
        where: `(${scored}) AND ${quoteIdentifier(data.label.column)} IS NOT NULL AND ${time} >= ${timestampLiteral(dayStart(from))} AND ${time} < ${timestampLiteral(dayStart(to))}`,
        orderBy: [data.dataset['event-time'], ...data.dataset.key.filter((name) => name !== data.dataset['event-time'])],
      });
    const [fit, calibrate, test] = [await read(windows.fit), await read(windows.calibrate), await read(windows.test)];
    return { pipeline, engine: createOnnxRuntimeEngine(native, { logger: silentLogger }), fit, calibrate, test };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
