import { UserError } from '../errors.ts';
import type { Database } from './database.ts';
import { quoteIdentifier } from './sql-text.ts';
import type { Table } from './table.ts';

export interface TableRequest {
  readonly columns: readonly string[];
  /** A SQL condition; all rows where absent. */
  readonly where?: string;
  readonly orderBy?: readonly string[];
}

type Kind = 'number' | 'timestamp' | 'string';

/**
 * Rows of a SQL relation as columns in memory. Numbers of any width become doubles, timestamps milliseconds UTC, everything else text.
 * @throws UserError column-missing
 */
export async function readTable(database: Database, relation: string, request: TableRequest): Promise<Table> {
  const kinds = await describeColumns(database, relation);
  const columns = request.columns.map((name) => {
    const kind = kinds.get(name);
    if (kind === undefined) {
      throw new UserError('column-missing', `there is no column ${name}; columns: ${[...kinds.keys()].join(', ')}`, {
        hint: 'Run ingest again with the present pipeline file, or correct the column name in it.',
      });
    }
    return { name, kind };
  });
  const where = request.where === undefined ? '' : ` WHERE ${request.where}`;
  const order = request.orderBy === undefined || request.orderBy.length === 0 ? '' : ` ORDER BY ${request.orderBy.map(quoteIdentifier).join(', ')}`;
  const [counted] = await database.rows(`SELECT count(*)::INTEGER AS n FROM ${relation}${where}`);
  const rows = Number(counted?.['n']);
  const numbers = new Map<string, Float64Array>();
  const strings = new Map<string, string[]>();
  for (const { name, kind } of columns) {
    if (kind === 'string') strings.set(name, new Array<string>(rows));
    else numbers.set(name, new Float64Array(rows));
  }
  let offset = 0;
  for await (const chunk of database.chunks(`SELECT ${columns.map(selectColumn).join(', ')} FROM ${relation}${where}${order}`)) {
    for (const [index, { name }] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      const target = numbers.get(name);
      if (target !== undefined && vector.items instanceof Float64Array) {
        target.set(vector.items.subarray(0, chunk.rowCount), offset);
        continue;
      }
      const text = strings.get(name);
      for (let row = 0; row < chunk.rowCount; row += 1) {
        if (text !== undefined) text[offset + row] = String(vector.getItem(row));
        else if (target !== undefined) target[offset + row] = Number(vector.getItem(row));
      }
    }
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new Error(`read ${offset} of ${rows} rows`);
  return { rows, numbers, strings };
}

/** Missing values become NaN and '' in SQL already, so that no validity mask has to be looked at. */
function selectColumn({ name, kind }: { name: string; kind: Kind }): string {
  const column = quoteIdentifier(name);
  switch (kind) {
    case 'number':
      return `coalesce(${column}::DOUBLE, 'NaN'::DOUBLE)`;
    case 'timestamp':
      return `coalesce(epoch_ms(${column})::DOUBLE, 'NaN'::DOUBLE)`;
    case 'string':
      return `coalesce(${column}::VARCHAR, '')`;
  }
}

async function describeColumns(database: Database, relation: string): Promise<Map<string, Kind>> {
  const described = await database.rows(`DESCRIBE SELECT * FROM ${relation}`);
  return new Map(described.map((row) => [String(row['column_name']), kindOf(String(row['column_type']))]));
}

function kindOf(type: string): Kind {
  if (/^(TIMESTAMP|DATE)/.test(type)) return 'timestamp';
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*|BOOLEAN)$/.test(type)) return 'number';
  return 'string';
}
