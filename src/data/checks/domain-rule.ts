import type { CheckFactory } from './check-plan.ts';

/** A SQL condition that every good row meets; where it cannot be told (NULL), the row passes. */
export const domainRule: CheckFactory<'domain-rule'> = ({ name, rule, reason }) => ({
  kind: 'rows',
  id: `domain-rule.${name}`,
  title: name.replaceAll('-', ' '),
  remedy: `Look at the examples. The rule is: ${rule}`,
  rules: [{ reason, failing: `NOT (${rule})` }],
});
