import type { NativeModules } from '../ports/native-modules.ts';
import { withDatabase } from './database.ts';
import { nameConditionFault } from './name-condition-fault.ts';
import { readTable, type TableRequest } from './read-table.ts';
import { rowsRelation } from './snapshot-files.ts';
import type { Table } from './table.ts';

/** Rows of some Parquet files with the same columns, e.g. the months of a snapshot. @throws UserError column-missing, condition-invalid */
export function readParquet(native: NativeModules, paths: readonly string[], request: TableRequest): Promise<Table> {
  const relation = rowsRelation(paths.map((path) => ({ path })));
  return nameConditionFault('scored-rows', () => withDatabase(native, (database) => readTable(database, relation, request)));
}
