import { quoteIdentifier } from '../sql-text.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Numbers inside their declared limits, both included. Missing values are the `missing` check's. */
export const range: CheckFactory<'range'> = ({ columns }, context) => ({
  kind: 'rows',
  id: 'range',
  title: 'Numbers inside their ranges',
  remedy: 'Look at the examples: mend the source, or widen range of the column in pipeline.yaml.',
  rules: checkedColumns(columns, context).flatMap((name) => {
    const limits = context.definition.columns[name]?.range;
    if (limits === undefined) return [];
    // NaN is larger than every number in DuckDB, so it fails the upper limit.
    return [{ reason: `${name} is outside ${limits[0]} to ${limits[1]}`, failing: `${quoteIdentifier(name)} NOT BETWEEN ${limits[0]} AND ${limits[1]}` }];
  }),
});
