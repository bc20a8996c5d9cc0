import type { CheckRulesSql, RowCheckSql } from './check-rules-sql.ts';
import { duplicateExamplesStatement, exampleCount, examplesStatement, type Suspects } from './check-statements.ts';
import { excerpt } from './excerpt.ts';
import type { Measured } from './run-checks.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/** A row: its key, the columns that the broken rules look at, and under `reason`, or `_reason` where a column has that name, why it is bad. */
export type Example = Record<string, string | number | boolean | null>;

export interface ExamplesRequest {
  readonly measured: Measured;
  readonly suspects: Suspects;
}

/**
 * The checks that are looked for together. Where reading ends with the last row wanted, each check by itself: five rows are soon found. Else one look
 * over all rows for all checks.
 */
export function exampleGroups(rules: CheckRulesSql, isBroken: (check: RowCheckSql) => boolean = () => true): RowCheckSql[][] {
  const broken = rules.checks.filter((check) => check.conditions.length > 0 && isBroken(check));
  if (rules.dialect.keepsOrder) return broken.map((check) => [check]);
  return broken.length === 0 ? [] : [broken];
}

/** The first bad rows of every check that finds some, by the check's index. A check of which a common look shows too few is looked for alone. */
export async function findExamples(engine: SqlEngine, rules: CheckRulesSql, { measured, suspects }: ExamplesRequest): Promise<Map<number, Example[]>> {
  const badRows = ({ index }: RowCheckSql): number => measured.get(`bad ${index}`) ?? 0;
  const shared: Record<string, unknown>[] = [];
  for (const checks of exampleGroups(rules, (check) => badRows(check) > 0)) shared.push(...(await engine.rows(examplesStatement(rules, checks, exampleColumns(rules, checks)))));
  const examples = new Map<number, Example[]>();
  for (const check of rules.checks) {
    const byCondition = check.conditions.map(({ failing, reason }, position) => ({ reason, flag: rules.plainName(`${check.index}_${position}`), columns: rules.mentioned(failing) }));
    const fails = (row: Readonly<Record<string, unknown>>): boolean => byCondition.some(({ flag }) => row[flag] === true);
    let rows = badRows(check) === 0 ? [] : shared.filter(fails).slice(0, exampleCount);
    if (rows.length < Math.min(exampleCount, badRows(check))) rows = await engine.rows(examplesStatement(rules, [check], exampleColumns(rules, [check])));
    const found = rows.map((row) => example(row, rules, byCondition));
    if (found.length < exampleCount && (measured.get(`more ${check.index}`) ?? 0) > 0) {
      const byKey = check.duplicates.map(({ rule, number }) => ({ reason: rule.reason, flag: rules.plainName(`duplicate_${number}`), columns: rule.key }));
      for (const row of await engine.rows(duplicateExamplesStatement(rules, check, { columns: exampleColumns(rules, [check]), known: suspects }))) found.push(example(row, rules, byKey));
    }
    examples.set(check.index, found.slice(0, exampleCount));
  }
  return examples;
}

interface Broken {
  readonly reason: string;
  readonly flag: string;
  readonly columns: readonly string[];
}

/** Of a check of many columns, a row shows only those that it fails by. */
function example(row: Readonly<Record<string, unknown>>, rules: CheckRulesSql, candidates: readonly Broken[]): Example {
  const broken = candidates.filter(({ flag }) => row[flag] === true);
  const names = new Set([...rules.target.key, ...broken.flatMap(({ columns }) => columns)]);
  const values = [...names].map((name): [string, Example[string]] => [name, shown(row[name])]);
  let reasonName = 'reason';
  while (rules.target.found.some(({ name }) => name === reasonName)) reasonName = `_${reasonName}`;
  return Object.fromEntries([...values, [reasonName, broken.map(({ reason }) => reason).join('; ')]]);
}

function shown(value: unknown): Example[string] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return excerpt(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The key and every column that a rule of the checks looks at. */
export function exampleColumns(rules: CheckRulesSql, checks: readonly RowCheckSql[]): string[] {
  const named = checks.flatMap(({ conditions, duplicates }) => [...conditions.flatMap(({ failing }) => rules.mentioned(failing)), ...duplicates.flatMap(({ rule }) => rule.key)]);
  return [...new Set([...rules.target.key, ...named])];
}
