import { UserError } from '../../errors.ts';
import type { CheckDefinition } from '../../pipeline/schema/checks.ts';
import { conditionFault } from '../condition-fault.ts';
import { allowedValues } from './allowed-values.ts';
import type { CheckContext, CheckFactory, CheckPlan } from './check-plan.ts';
import { distribution } from './distribution.ts';
import { domainRule } from './domain-rule.ts';
import { freshness } from './freshness.ts';
import { leakage } from './leakage.ts';
import { missing } from './missing.ts';
import { monotonicTime } from './monotonic-time.ts';
import { outliers } from './outliers.ts';
import { pattern } from './pattern.ts';
import { range } from './range.ts';
import { reference } from './reference.ts';
import { rowCount } from './row-count.ts';
import { schema } from './schema.ts';
import { uniqueness } from './uniqueness.ts';
import { volume } from './volume.ts';

/** Name in pipeline.yaml → how the check is made. */
const factories: { readonly [Name in CheckDefinition['check']]: CheckFactory<Name> } = {
  'allowed-values': allowedValues,
  distribution,
  'domain-rule': domainRule,
  freshness,
  leakage,
  missing,
  'monotonic-time': monotonicTime,
  outliers,
  pattern,
  range,
  reference,
  'row-count': rowCount,
  schema,
  uniqueness,
  volume,
};

export interface PlannedCheck {
  /** What a failure is shown as: the weaker of the check's severity and of what its mode allows. */
  readonly severity: CheckDefinition['severity'];
  /** Only `enforce` sends rows to quarantine. */
  readonly mode: CheckDefinition['mode'];
  /** Whether a failure fails the verdict. */
  readonly blocking: boolean;
  readonly plan: CheckPlan;
}

/** @throws UserError condition-invalid where a condition of pipeline.yaml would reach beyond the brackets that checks put it in */
export function planChecks(context: CheckContext): PlannedCheck[] {
  demandConditions(context);
  const plans = context.definition.checks.map((options) => planCheck(options, context));
  return context.definition.checks.flatMap((options, index) => {
    const plan = plans[index];
    if (plan === undefined) return [];
    const severity = shownSeverity(options);
    const shared = plans.some((other) => other !== plan && other.id === plan.id);
    return [{ severity, mode: options.mode, blocking: options.blocking ?? severity === 'error', plan: shared ? { ...plan, id: ownId(plan.id, options) } : plan }];
  });
}

/** Where a check comes several times for several columns, e.g. with several modes, its results are told apart by them. */
function ownId(id: string, options: CheckDefinition): string {
  return 'columns' in options && options.columns !== undefined ? `${id}.${options.columns.join('.')}` : id;
}

function shownSeverity({ severity, mode }: CheckDefinition): CheckDefinition['severity'] {
  if (mode === 'observe') return 'info';
  return mode === 'warn' && severity === 'error' ? 'warn' : severity;
}

function planCheck(options: CheckDefinition, context: CheckContext): CheckPlan {
  // The table pairs each name with the factory of its own options; the compiler does not follow that through a union.
  const factory = factories[options.check] as (options: CheckDefinition, context: CheckContext) => CheckPlan;
  return factory(options, context);
}

function demandConditions({ definition }: CheckContext): void {
  const rules = definition.checks.flatMap((options): [string, string][] => (options.check === 'domain-rule' ? [[`check domain-rule.${options.name}`, options.rule]] : []));
  for (const [name, sql] of [...rules, ['scored-rows', definition['scored-rows']] as const]) {
    const fault = conditionFault(sql);
    if (fault !== undefined) throw new UserError('condition-invalid', `${name}: ${fault} in "${sql}"; allowed: one SQL condition, its brackets and quotes closed, without a comment`, { hint: 'Correct it in pipeline.yaml.' });
  }
}
