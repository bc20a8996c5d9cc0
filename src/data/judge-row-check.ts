import { formatCount, formatShare } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { RowCheckSql } from './check-rules-sql.ts';
import type { RowCheckPlan } from './checks/check-plan.ts';
import type { PlannedCheck } from './checks/plan-checks.ts';
import type { Example } from './find-examples.ts';
import type { Measured } from './run-checks.ts';

export interface RowCheckFindings {
  readonly check: RowCheckSql;
  readonly measured: Measured;
  /** All rows. */
  readonly rows: number;
  readonly examples: readonly Example[];
}

/** The result of a check that judges row by row. */
export function judgeRowCheck(planned: PlannedCheck, plan: RowCheckPlan, { check, measured, rows, examples }: RowCheckFindings): Check {
  const bad = (measured.get(`bad ${check.index}`) ?? 0) + (measured.get(`more ${check.index}`) ?? 0);
  return {
    ...describeCheck(planned),
    value: bad,
    unit: 'row',
    threshold: `≤ ${formatShare(plan.maximumShare)} of rows`,
    sampleSize: rows,
    verdict: rows === 0 ? 'inconclusive' : bad / rows > plan.maximumShare ? 'fail' : 'pass',
    ...(bad === 0 ? {} : { message: message(check, bad, measured), details: { rules: countsByRule(plan, check, measured), examples: [...examples], ...span(check, measured) } }),
  };
}

/** The part of a result that is known before anything is measured. */
export function describeCheck({ plan, severity, blocking }: PlannedCheck): Pick<Check, 'id' | 'title' | 'severity' | 'remedy' | 'blocking'> {
  return { id: plan.id, title: plan.title, severity, remedy: plan.remedy, ...(severity === 'error' && !blocking ? { blocking } : {}) };
}

function message({ enforced, index }: RowCheckSql, bad: number, measured: Measured): string {
  const times = [...new Set(['min', 'max'].map((edge) => day(measured.get(`${edge} ${index}`))))].filter((text) => text !== undefined);
  return `${formatCount(bad)} ${bad === 1 ? 'row' : 'rows'} ${enforced ? 'to quarantine' : 'found and kept'}${times.length === 0 ? '' : `, ${times.join(' to ')}`}`;
}

function countsByRule(plan: RowCheckPlan, { index }: RowCheckSql, measured: Measured): Record<string, number> {
  return Object.fromEntries(plan.rules.map(({ reason }): [string, number] => [reason, measured.get(`rule ${index} ${reason}`) ?? 0]).filter(([, count]) => count > 0));
}

function span({ index }: RowCheckSql, measured: Measured): { first?: string; last?: string } {
  const [first, last] = ['min', 'max'].map((edge) => measured.get(`${edge} ${index}`));
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) return {};
  return { first: new Date(first).toISOString(), last: new Date(last).toISOString() };
}

function day(time: number | undefined): string | undefined {
  return time === undefined || Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}
