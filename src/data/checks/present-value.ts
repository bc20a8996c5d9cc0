import type { RelationColumn } from '../describe-relation.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';

export interface PresentValueContext {
  readonly dialect: SqlDialect;
  /** The columns that the rows have; of several relations where the value is taken from each. */
  readonly found: readonly RelationColumn[];
}

/** SQL of a column's value that is NULL where it is missing: NULL itself, and for floating-point numbers NaN and infinities, which no model can use. */
export function presentValue(name: string, { dialect, found }: PresentValueContext): string {
  const column = dialect.identifier(name);
  const isFloating = found.some((candidate) => candidate.name === name && /^(DOUBLE|FLOAT|REAL)/i.test(candidate.type));
  return isFloating ? `CASE WHEN NOT (${dialect.isNotFinite(column)}) THEN ${column} END` : column;
}
