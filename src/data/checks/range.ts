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
    const type = context.found.find((column) => column.name === name)?.type ?? '';
    const column = context.dialect.identifier(name);
    const [low, high] = limits.map((limit) => limitLiteral(limit, /INT(EGER)?$/i.test(type), context.dialect));
    // NaN by itself: DuckDB believes the statistics of a Parquet file, and other writers leave NaN out of them.
    const asksForNaN = /^(DOUBLE|FLOAT|REAL)$/i.test(type);
    const notFinite = asksForNaN ? ` OR ${context.dialect.isNotFinite(column)}` : '';
    return [{ reason: `${name} is outside ${limits[0]} to ${limits[1]}`, failing: `${column} NOT BETWEEN ${low} AND ${high}${notFinite}`, asksForNaN }];
  }),
});

/** Whole numbers are compared with whole numbers: as DOUBLE the engine would convert every row. */
function limitLiteral(limit: number, whole: boolean, dialect: SqlDialect): string {
  return whole && Number.isSafeInteger(limit) ? String(limit) : dialect.number(limit);
}
