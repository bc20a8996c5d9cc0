import type { CheckFactory } from './check-plan.ts';

/** A SQL condition that every good row meets; where it cannot be told (NULL), the row passes. */
export const domainRule: CheckFactory<'domain-rule'> = ({ name, rule, reason, 'maximum-bad-share': maximumShare }) => ({
  kind: 'rows',
  id: `domain-rule.${name}`,
  title: name.replaceAll('-', ' '),
  remedy: `Look at the examples. The rule is: ${rule}`,
  maximumShare,
  rules: [{ reason, failing: `NOT (${rule})` }],
});
