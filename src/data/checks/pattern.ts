import { checkedColumns, type CheckFactory } from './check-plan.ts';

/** Text that matches its declared regular expression (RE2 syntax, anywhere in the text unless anchored). */
export const pattern: CheckFactory<'pattern'> = ({ columns, 'maximum-bad-share': maximumShare }, context) => ({
  kind: 'rows',
  id: 'pattern',
  title: 'Text in its form',
  remedy: 'Look at the examples: mend the source, or correct pattern of the column in pipeline.yaml.',
  maximumShare,
  rules: checkedColumns(columns, context).flatMap((name) => {
    const expression = context.definition.columns[name]?.pattern;
    const { identifier, matches } = context.dialect;
    return expression === undefined ? [] : [{ reason: `${name} does not match ${expression}`, failing: `NOT ${matches(identifier(name), expression)}` }];
  }),
});
