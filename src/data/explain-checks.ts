import { CheckRulesSql } from './check-rules-sql.ts';
import { duplicateExamplesStatement, duplicatesStatement, examplesStatement, scanStatement, suspectsStatement } from './check-statements.ts';
import { exampleColumns, exampleGroups } from './find-examples.ts';
import { askable, type ChecksTarget } from './run-checks.ts';
import type { SqlDialect } from './sql/sql-dialect.ts';

export interface ExplainRequest extends ChecksTarget {
  readonly dialect: SqlDialect;
}

export interface ExplainedStatement {
  readonly name: string;
  readonly purpose: string;
  readonly sql: string;
}

/** The statements that `runChecks` would run, in its order, those that depend on findings included; nothing is run. */
export function explainChecks(request: ExplainRequest): ExplainedStatement[] {
  const target = askable(request);
  const rules = new CheckRulesSql(target, request.dialect);
  // What a run would write in place of the subqueries that find suspects.
  const unknown = new Map<string, readonly string[]>();
  const withDuplicates = rules.checks.filter(({ duplicates }) => duplicates.length > 0);
  return [
    { name: 'scan', purpose: 'Counts all rows, the bad ones and what the table checks measure, in one pass', sql: scanStatement(rules).sql },
    ...rules.duplicates.map((duplicate) => ({ name: `suspects.${duplicate.rule.key.join('.')}`, purpose: 'Whether a hash of the key comes twice; where none does, no key does', sql: suspectsStatement(rules, duplicate) })),
    ...(withDuplicates.length === 0 ? [] : [{ name: 'duplicates', purpose: 'Where a hash comes twice: compares the keys themselves; a run writes the hashes it knows in place of the subquery, where they are few', sql: duplicatesStatement(rules, unknown).sql }]),
    ...exampleGroups(rules).map((checks) => ({
      name: `examples.${checks.map(({ id }) => id).join(',')}`,
      purpose: 'Where conditions find bad rows, for the checks that do: the first of them',
      sql: examplesStatement(rules, checks, exampleColumns(rules, checks)),
    })),
    ...withDuplicates.map((check) => ({ name: `duplicate-examples.${check.id}`, purpose: 'Where the check finds duplicates: the first of them', sql: duplicateExamplesStatement(rules, check, { columns: exampleColumns(rules, [check]), known: unknown }) })),
    ...target.planned.flatMap(({ plan }) => (plan.kind === 'queries' ? Object.entries(plan.queries).map(([name, sql]) => ({ name: `${plan.id}.${name}`, purpose: `${plan.title}: ${name}`, sql })) : [])),
  ];
}
