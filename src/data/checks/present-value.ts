import type { RelationColumn } from '../describe-relation.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';

export interface PresentValueContext {
  readonly dialect: SqlDialect;
  /** The columns that the rows have; of several relations where the value is taken from each. */
  readonly found: readonly RelationColumn[];
}

/** SQL of a column's value that is NULL where it is missing: NULL itself, and for floating-point numbers NaN and infinities, which no model can use. */
export function presentValue(name: string, context: PresentValueContext): string {
  const column = context.dialect.identifier(name);
  return isFloating(name, context) ? `CASE WHEN ${context.dialect.isFinite(column)} THEN ${column} END` : column;
}

/** SQL that counts the rows in which a column's value is not missing, as `presentValue` says; counting truths costs DuckDB a third less than counting values that are made first, and counts NULL where all are NULL. */
export function presentCount(name: string, context: PresentValueContext): string {
  const column = context.dialect.identifier(name);
  return isFloating(name, context) ? `coalesce(count_if(${context.dialect.isFinite(column)}), 0)` : `count(${column})`;
}

function isFloating(name: string, { found }: PresentValueContext): boolean {
  return found.some((candidate) => candidate.name === name && /^(DOUBLE|FLOAT|REAL)/i.test(candidate.type));
}
