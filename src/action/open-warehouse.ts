import { createTrinoEngine } from '../adapters/warehouse/trino.ts';
import type { RelationColumn } from '../data/describe-relation.ts';
import type { SqlEngine } from '../data/sql/sql-engine.ts';
import { UserError } from '../errors.ts';

export interface WarehouseTable {
  readonly engine: SqlEngine;
  readonly relation: string;
  readonly columns: readonly RelationColumn[];
}

export interface WarehouseOptions {
  /** URL of a Trino server. */
  readonly endpoint: string;
  /** catalog.schema.table */
  readonly table: string;
  readonly user: string;
}

/** A table where it already is. @throws UserError input-invalid, warehouse-unavailable, warehouse-query-failed */
export async function openWarehouse({ endpoint, table, user }: WarehouseOptions): Promise<WarehouseTable> {
  const [catalog, schema, name, ...rest] = table.split('.');
  if (!catalog || !schema || !name || rest.length > 0) {
    throw new UserError('input-invalid', `table is "${table}"; it has three parts: catalog.schema.table`, { hint: 'Write all three, e.g. hive.flights.departures.' });
  }
  const engine = createTrinoEngine({ endpoint, catalog, schema, user });
  const { identifier, text } = engine.dialect;
  const found = await engine.rows(
    `SELECT column_name, data_type FROM ${identifier(catalog)}.information_schema.columns WHERE table_schema = ${text(schema)} AND table_name = ${text(name)} ORDER BY ordinal_position`,
  );
  if (found.length === 0) throw new UserError('source-missing', `there is no table ${table} at ${endpoint}`, { hint: 'Check the name: Trino writes names in lower case.' });
  return {
    engine,
    relation: [catalog, schema, name].map((part) => identifier(part)).join('.'),
    columns: found.map((row) => ({ name: String(row['column_name']), type: String(row['data_type']).toUpperCase() })),
  };
}
