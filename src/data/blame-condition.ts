import { UserError } from '../errors.ts';
import { isCondition } from './check-rules-sql.ts';
import type { ChecksTarget } from './run-checks.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/**
 * Runs checks; where the engine cannot, finds the first condition of pipeline.yaml that it cannot read by itself: planned without rows first,
 * then on all rows, for some faults depend on values.
 * @throws UserError condition-invalid, naming the check
 */
export async function blameCondition<Result>(engine: SqlEngine, target: ChecksTarget, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const tail = ['LIMIT 0', ''];
    for (const end of tail) {
      // What fails without any condition is no fault of one.
      if ((await fault(engine, `SELECT count(*) FROM ${target.relation} ${end}`)) !== undefined) throw cause;
      for (const { name, sql } of conditionsOf(target)) {
        const found = await fault(engine, `${sql} ${end}`);
        if (found !== undefined) throw new UserError('condition-invalid', `${name}: ${found}`, { hint: 'Correct it in pipeline.yaml; a condition is SQL on the columns of the dataset.', cause });
      }
    }
    throw cause;
  }
}

/** Every rule, measure and query by itself. */
function conditionsOf({ planned, relation }: ChecksTarget): { name: string; sql: string }[] {
  return planned.flatMap(({ plan }) => {
    const named = (what: string, sql: string): { name: string; sql: string } => ({ name: `check ${plan.id} (${what})`, sql });
    if (plan.kind === 'rows') return plan.rules.filter(isCondition).map(({ failing, reason }) => named(reason, `SELECT count(*) FILTER (WHERE ${failing}) FROM ${relation}`));
    if (plan.kind === 'table') return Object.entries(plan.measures).map(([measure, sql]) => named(measure, `SELECT ${sql} FROM ${relation}`));
    return Object.entries(plan.queries).map(([query, sql]) => named(query, `SELECT count(*) FROM (${sql}) AS asked`));
  });
}

async function fault(engine: SqlEngine, sql: string): Promise<string | undefined> {
  try {
    await engine.rows(sql);
    return undefined;
  } catch (cause) {
    const text = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    // A machine that gives out is no fault of a condition.
    return /^(?:IO|Out of Memory|Internal|INTERNAL|Interrupt|Connection|Permission|HTTP) Error/.test(text) ? undefined : text;
  }
}
