import { CheckRulesSql } from './check-rules-sql.ts';
import { duplicateExamplesStatement, duplicatesStatement, examplesStatement, scanStatement, suspectsStatement, tableStatement } from './check-statements.ts';
import { badRowsStatement } from './find-bad-rows.ts';
import { exampleColumns, exampleGroups } from './find-examples.ts';
import { neighboursStatement } from './find-suspects.ts';
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
    ...countStatements(rules),
    ...rules.duplicates.flatMap((duplicate) => optional({ name: `neighbours.${duplicate.rule.key.join('.')}`, purpose: 'Where rows lie in the order of their time: whether a hash of the key comes twice among neighbours; where they do not, says so, and all rows are looked at', sql: neighboursStatement(rules, duplicate) })),
    ...rules.duplicates.map((duplicate) => ({ name: `suspects.${duplicate.rule.key.join('.')}`, purpose: 'Whether a hash of the key comes twice; where none does, no key does', sql: suspectsStatement(rules, duplicate, { sorted: false }) })),
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

/** One scan, or a look for each rule besides the measures, as a run counts. */
function countStatements(rules: CheckRulesSql): ExplainedStatement[] {
  const byRule = rules.dialect.scans === 'by-rule' ? badRowsStatement(rules) : undefined;
  if (byRule === undefined) return [{ name: 'scan', purpose: 'Counts all rows, the bad ones and what the table checks measure, in one pass', sql: scanStatement(rules).sql }];
  return [
    { name: 'bad-rows', purpose: 'Counts the bad rows by the rules that they break; every look reads only the columns of its rule', sql: byRule },
    { name: 'table', purpose: 'Counts all rows and what the table checks measure, in one pass', sql: tableStatement(rules).sql },
  ];
}

function optional({ sql, ...named }: { name: string; purpose: string; sql: string | undefined }): ExplainedStatement[] {
  return sql === undefined ? [] : [{ ...named, sql }];
}
