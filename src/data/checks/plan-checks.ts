import type { CheckDefinition } from '../../pipeline/schema/checks.ts';
import { allowedValues } from './allowed-values.ts';
import type { CheckContext, CheckFactory, CheckPlan } from './check-plan.ts';
import { domainRule } from './domain-rule.ts';
import { missing } from './missing.ts';
import { outliers } from './outliers.ts';
import { pattern } from './pattern.ts';
import { range } from './range.ts';
import { rowCount } from './row-count.ts';
import { schema } from './schema.ts';
import { uniqueness } from './uniqueness.ts';

/** Name in pipeline.yaml → how the check is made. */
const factories: { readonly [Name in CheckDefinition['check']]: CheckFactory<Name> } = {
  'allowed-values': allowedValues,
  'domain-rule': domainRule,
  missing,
  outliers,
  pattern,
  range,
  'row-count': rowCount,
  schema,
  uniqueness,
};

export interface PlannedCheck {
  readonly severity: CheckDefinition['severity'];
  readonly plan: CheckPlan;
}

export function planChecks(context: CheckContext): PlannedCheck[] {
  return context.definition.checks.map((options) => ({ severity: options.severity, plan: planCheck(options, context) }));
}

function planCheck(options: CheckDefinition, context: CheckContext): CheckPlan {
  // The table pairs each name with the factory of its own options; the compiler does not follow that through a union.
  const factory = factories[options.check] as (options: CheckDefinition, context: CheckContext) => CheckPlan;
  return factory(options, context);
}
