import { UserError } from '../errors.ts';
import type { Database } from './database.ts';
import { quoteIdentifier } from './sql-text.ts';
import type { Table } from './table.ts';

export interface TableRequest {
  readonly columns: readonly string[];
  /** Read where the relation has them, left out where it does not. */
  readonly optional?: readonly string[];
  /** A SQL condition; all rows where absent. */
  readonly where?: string;
  readonly orderBy?: readonly string[];
}

type Kind = 'number' | 'timestamp' | 'string';

/**
 * Rows of a SQL relation as columns in memory. Numbers of any width become doubles, timestamps milliseconds UTC, everything else text.
 * One call at a time on a database.
 * @throws UserError column-missing
 */
export async function readTable(database: Database, relation: string, request: TableRequest): Promise<Table> {
  const kinds = await describeColumns(database, relation);
  const columns = [...new Set([...request.columns, ...(request.optional ?? []).filter((name) => kinds.has(name))])].map((name) => {
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
  const dictionaries = new Map<string, readonly string[]>();
  for (const { name, kind } of columns) {
    if (kind === 'string') {
      strings.set(name, new Array<string>(rows));
      dictionaries.set(name, await createDictionary(database, `SELECT DISTINCT ${textOf(name)} FROM ${relation}${where}`, dictionaries.size));
    } else numbers.set(name, new Float64Array(rows));
  }
  const codes = [...dictionaries.keys()];
  const selected = columns.map((column) => selectColumn(column, codes.indexOf(column.name)));
  let offset = 0;
  for await (const chunk of database.chunks(`SELECT ${selected.join(', ')} FROM ${relation}${where}${order}`)) {
    for (const [index, { name }] of columns.entries()) {
      const { items } = chunk.getColumnVector(index);
      const [target, text, dictionary] = [numbers.get(name), strings.get(name), dictionaries.get(name)];
      if (target !== undefined && items instanceof Float64Array) target.set(items.subarray(0, chunk.rowCount), offset);
      else if (text !== undefined && dictionary !== undefined && items instanceof Int32Array) {
        for (let row = 0; row < chunk.rowCount; row += 1) text[offset + row] = dictionary[items[row] ?? 0] ?? '';
      } else throw new Error(`column ${name} is not what was asked for`);
    }
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new Error(`read ${offset} of ${rows} rows`);
  return { rows, numbers, strings };
}

/** Missing values become NaN and '' in SQL already, so that no validity mask has to be looked at. */
function selectColumn({ name, kind }: { name: string; kind: Kind }, dictionary: number): string {
  const column = quoteIdentifier(name);
  switch (kind) {
    case 'number':
      return `coalesce(${column}::DOUBLE, 'NaN'::DOUBLE)`;
    case 'timestamp':
      return `coalesce(epoch_ms(${column})::DOUBLE, 'NaN'::DOUBLE)`;
    case 'string':
      return `enum_code(${textOf(name)}::${dictionaryType(dictionary)})::INTEGER`;
  }
}

function textOf(name: string): string {
  return `coalesce(${quoteIdentifier(name)}::VARCHAR, '')`;
}

/** Decoding a text takes far longer than looking one up: each distinct text crosses over once, the rows as numbers. */
async function createDictionary(database: Database, query: string, index: number): Promise<string[]> {
  await database.run(`CREATE OR REPLACE TYPE ${dictionaryType(index)} AS ENUM (${query})`);
  const texts: string[] = [];
  for await (const chunk of database.chunks(`SELECT unnest(enum_range(NULL::${dictionaryType(index)}))::VARCHAR`)) {
    const vector = chunk.getColumnVector(0);
    for (let row = 0; row < chunk.rowCount; row += 1) texts.push(String(vector.getItem(row)));
  }
  return texts;
}

function dictionaryType(index: number): string {
  return `read_table_dictionary_${index}`;
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
