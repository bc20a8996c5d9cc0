import { quoteIdentifier, quoteText } from '../sql-text.ts';
import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Text that is one of the declared values. */
export const allowedValues: CheckFactory<'allowed-values'> = ({ columns }, context) => ({
  kind: 'rows',
  id: 'allowed-values',
  title: 'Values that are allowed',
  remedy: 'Look at the examples: mend the source, or add the value to values of the column in pipeline.yaml.',
  rules: checkedColumns(columns, context).flatMap((name) => {
    const values = context.definition.columns[name]?.values;
    return values === undefined ? [] : [{ reason: `${name} is none of ${values.join(', ')}`, failing: `${quoteIdentifier(name)} NOT IN (${values.map(quoteText).join(', ')})` }];
  }),
});
