import type { NativeModules } from '../ports/native-modules.ts';
import { withDatabase } from './database.ts';
import { nameConditionFault } from './name-condition-fault.ts';
import { readTable, type TableRequest } from './read-table.ts';
import { quoteText } from './sql-text.ts';
import type { Table } from './table.ts';

/** Rows of one Parquet file. @throws UserError column-missing, condition-invalid */
export function readParquet(native: NativeModules, path: string, request: TableRequest): Promise<Table> {
  return nameConditionFault('scored-rows', () => withDatabase(native, (database) => readTable(database, `read_parquet(${quoteText(path)})`, request)));
}
