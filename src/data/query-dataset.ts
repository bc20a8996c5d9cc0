import type { NativeModules } from '../ports/native-modules.ts';
import { type Database, withDatabase } from './database.ts';
import { type DatasetRequest, datasetRelation, openDataset } from './open-dataset.ts';
import { readTable } from './read-table.ts';
import type { Table } from './table.ts';

export interface QueryDatasetOptions extends DatasetRequest {
  readonly native: NativeModules;
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
export function queryDataset(options: QueryDatasetOptions): Promise<Table> {
  const use = async (database: Database): Promise<Table> => {
    await openDataset(database, options);
    // The table lies in the order of event time already.
    return readTable(database, datasetRelation, {
      columns: options.columns ?? Object.keys(options.pipeline.definition.columns),
      ...(options.where === undefined ? {} : { where: options.where }),
    });
  };
  // DuckDB shares work out by some hundred thousand rows. On a window of weeks a second thread only waits, which takes a third more of the processor.
  return withDatabase(options.native, use, options.to - options.from <= shortWindow ? { threads: 1 } : {});
}
