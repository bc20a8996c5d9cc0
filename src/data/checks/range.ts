import type { SqlDialect } from '../sql/sql-dialect.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Numbers inside their declared limits, both included. Missing values are the `missing` check's. */
export const range: CheckFactory<'range'> = ({ columns, 'maximum-bad-share': maximumShare }, context) => ({
  kind: 'rows',
  id: 'range',
  title: 'Numbers inside their ranges',
  remedy: 'Look at the examples: mend the source, or widen range of the column in pipeline.yaml.',
  maximumShare,
  rules: checkedColumns(columns, context).flatMap((name) => {
    const limits = context.definition.columns[name]?.range;
    if (limits === undefined) return [];
    const whole = /INT(EGER)?$/i.test(context.found.find((column) => column.name === name)?.type ?? '');
    const [low, high] = limits.map((limit) => limitLiteral(limit, whole, context.dialect));
    // NaN is no number between two others: larger than all in DuckDB, unequal to all in Trino.
    return [{ reason: `${name} is outside ${limits[0]} to ${limits[1]}`, failing: `${context.dialect.identifier(name)} NOT BETWEEN ${low} AND ${high}` }];
  }),
});

/** Whole numbers are compared with whole numbers: as DOUBLE the engine would convert every row. */
function limitLiteral(limit: number, whole: boolean, dialect: SqlDialect): string {
  return whole && Number.isSafeInteger(limit) ? String(limit) : dialect.number(limit);
}
