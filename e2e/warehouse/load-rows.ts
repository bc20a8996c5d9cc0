import type { Database } from '../../src/data/database.ts';
import { describeRelation, type RelationColumn } from '../../src/data/describe-relation.ts';
import { quoteIdentifier, quoteText } from '../../src/data/sql-text.ts';
import type { SqlEngine } from '../../src/data/sql/sql-engine.ts';

/** DuckDB's types in Trino's words. */
const types: Readonly<Record<string, string>> = {
  VARCHAR: 'varchar',
  DOUBLE: 'double',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  SMALLINT: 'smallint',
  TINYINT: 'tinyint',
  BOOLEAN: 'boolean',
  TIMESTAMP: 'timestamp(6)',
};
const batch = 4000;

/** Copies a DuckDB relation into a new table of Trino, value for value: each batch travels as one JSON text. */
export async function loadRows(database: Database, trino: SqlEngine, { relation, table }: { readonly relation: string; readonly table: string }): Promise<void> {
  const columns = await describeRelation(database, relation);
  await trino.rows(`CREATE TABLE ${table} (${columns.map((column) => `${quoteIdentifier(column.name)} ${trinoType(column)}`).join(', ')})`);
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const travelling = columns.map((column) => `${quoteIdentifier(column.name)} ${isMoment(column) ? 'varchar' : trinoType(column)}`);
  const values = columns.map((column) => (isMoment(column) ? `CAST(${quoteIdentifier(column.name)} AS timestamp(6))` : quoteIdentifier(column.name)));
  const rows = await database.rows(`SELECT * FROM ${relation}`);
  for (let start = 0; start < rows.length; start += batch) {
    const text = JSON.stringify(rows.slice(start, start + batch).map((row) => columns.map(({ name }) => row[name])));
    await trino.rows(`INSERT INTO ${table} SELECT ${values.join(', ')} FROM UNNEST(CAST(JSON ${quoteText(text)} AS array(row(${travelling.join(', ')})))) AS t(${names.join(', ')})`);
  }
}

/** The columns of a Trino table, as `describeRelation` gives those of DuckDB. */
export async function describeTable(trino: SqlEngine, table: string): Promise<RelationColumn[]> {
  const rows = await trino.rows(`SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'default' AND table_name = ${quoteText(table)} ORDER BY ordinal_position`);
  return rows.map((row) => ({ name: String(row['column_name']), type: String(row['data_type']).toUpperCase() }));
}

function isMoment({ type }: RelationColumn): boolean {
  return type === 'TIMESTAMP';
}

function trinoType({ name, type }: RelationColumn): string {
  const found = types[type];
  if (found === undefined) throw new Error(`column ${name} has the type ${type}, which nothing here writes into Trino`);
  return found;
}
