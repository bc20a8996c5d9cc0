import { planChecks } from '../src/data/checks/plan-checks.ts';
import type { CheckContext } from '../src/data/checks/check-plan.ts';
import type { RelationColumn } from '../src/data/describe-relation.ts';
import type { ChecksTarget } from '../src/data/run-checks.ts';

/** All that a check is made from, and all that `runChecks` and `explainChecks` want. */
export function checkTarget(context: CheckContext): ChecksTarget {
  const { dataset } = context.definition.data;
  return { relation: context.relation, planned: planChecks(context), found: context.found, key: dataset.key, order: context.order, eventTime: dataset['event-time'] };
}

/** The columns as pipeline.yaml declares them, where no rows are looked at. */
export function declaredColumns({ definition, dialect }: Pick<CheckContext, 'definition' | 'dialect'>): RelationColumn[] {
  const names = { duckdb: { string: 'VARCHAR', number: 'DOUBLE', timestamp: 'TIMESTAMP' }, trino: { string: 'VARCHAR', number: 'DOUBLE', timestamp: 'TIMESTAMP(6)' } }[dialect.name];
  return Object.entries(definition.columns).map(([name, { type }]) => ({ name, type: names[type] }));
}
