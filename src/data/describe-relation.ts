import type { Database } from './database.ts';

export interface RelationColumn {
  readonly name: string;
  /** DuckDB's name, e.g. DOUBLE. */
  readonly type: string;
}

export async function describeRelation(database: Database, relation: string): Promise<RelationColumn[]> {
  const rows = await database.rows(`DESCRIBE SELECT * FROM ${relation}`);
  return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
}
