import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NativeModules } from '../ports/native-modules.ts';
import { type Database, withDatabase } from './database.ts';
import { type DatasetRequest, datasetMemory, datasetRelation, openDataset } from './open-dataset.ts';
import { readTable } from './read-table.ts';
import type { Table } from './table.ts';

export interface QueryDatasetOptions extends Omit<DatasetRequest, 'workDirectory'> {
  readonly native: NativeModules;
  /** Files fetched from elsewhere go here; a temporary folder, removed at the end, where absent. */
  readonly workDirectory?: string;
  /** All columns of the pipeline file where absent. */
  readonly columns?: readonly string[];
  /** A SQL condition on the dataset's columns. */
  readonly where?: string;
}

const shortWindow = 60 * 86_400_000;

/**
 * Rows of a window straight from the sources, by the same query as ingest, in the order of event time.
 * @throws UserError source-missing, source-unreadable, dataset-query-failed, column-missing
 */
export async function queryDataset(options: QueryDatasetOptions): Promise<Table> {
  const workDirectory = options.workDirectory ?? (await mkdtemp(join(tmpdir(), 'taxiway-sources-')));
  const use = async (database: Database): Promise<Table> => {
    await openDataset(database, { ...options, workDirectory });
    // The table lies in the order of event time already.
    return readTable(database, datasetRelation, {
      columns: options.columns ?? Object.keys(options.pipeline.definition.columns),
      ...(options.where === undefined ? {} : { where: options.where }),
    });
  };
  // DuckDB shares work out by some hundred thousand rows. On a window of weeks a second thread only waits, which takes a third more of the processor.
  try {
    return await withDatabase(options.native, use, options.to - options.from <= shortWindow ? { threads: 1 } : { memoryLimit: datasetMemory });
  } finally {
    if (options.workDirectory === undefined) await rm(workDirectory, { recursive: true, force: true });
  }
}
