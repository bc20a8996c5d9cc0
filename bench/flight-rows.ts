import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { createOnnxRuntimeEngine } from '../src/adapters/training-engine/onnxruntime.ts';
import { readParquet } from '../src/data/read-parquet.ts';
import { snapshotFiles } from '../src/data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../src/data/sql-text.ts';
import type { Table } from '../src/data/table.ts';
import type { LoadedPipeline } from '../src/pipeline/load-pipeline.ts';
import { dayStart } from '../src/pipeline/training-window.ts';
import { silentLogger } from '../src/ports/logger.ts';
import type { TrainingEngine } from '../src/ports/training-engine.ts';
import { benchContext, yearDataset } from './year-dataset.ts';

export interface FlightRows {
  readonly pipeline: LoadedPipeline;
  readonly engine: TrainingEngine;
  /** Scored rows with a label and all columns of the pipeline: half-open days of the scheduled departure, in its order. */
  readonly read: (from: string, to: string) => Promise<Table>;
}

/** Real flights of 2013 as the shipped pipeline makes them. */
export async function openFlightRows(): Promise<FlightRows> {
  const { store, dataset } = await yearDataset();
  const { pipeline, artifacts } = await benchContext(store, tmpdir());
  const { definition } = pipeline;
  const native = { load: createRequire(import.meta.url) };
  const time = quoteIdentifier(definition.data.dataset['event-time']);
  const files = await snapshotFiles(artifacts, await artifacts.read('clean-snapshot', dataset));
  const read = (from: string, to: string): Promise<Table> =>
    readParquet(
      native,
      files.map(({ path }) => path),
      {
        columns: Object.keys(definition.columns),
        where: `(${definition['scored-rows']}) AND ${time} >= ${timestampLiteral(dayStart(from))} AND ${time} < ${timestampLiteral(dayStart(to))} AND ${quoteIdentifier(definition.data.label.column)} IS NOT NULL`,
        orderBy: [...new Set([definition.data.dataset['event-time'], ...definition.data.dataset.key])],
      },
    );
  return { pipeline, engine: createOnnxRuntimeEngine(native, { logger: silentLogger }), read };
}
