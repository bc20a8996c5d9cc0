import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Text that is one of the declared values. */
export const allowedValues: CheckFactory<'allowed-values'> = ({ columns, 'maximum-bad-share': maximumShare }, context) => ({
  kind: 'rows',
  id: 'allowed-values',
  title: 'Values that are allowed',
  remedy: 'Look at the examples: mend the source, or add the value to values of the column in pipeline.yaml.',
  maximumShare,
  rules: checkedColumns(columns, context).flatMap((name) => {
    const values = context.definition.columns[name]?.values;
    const { identifier, isOneOf } = context.dialect;
    return values === undefined ? [] : [{ reason: `${name} is none of ${values.join(', ')}`, failing: `NOT (${isOneOf(identifier(name), values)})` }];
  }),
});
