import type { CheckRulesSql, RowCheckSql } from './check-rules-sql.ts';
import { duplicateExamplesStatement, exampleCount, examplesStatement, type Suspects } from './check-statements.ts';
import type { Measured } from './run-checks.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/** A row: its key, the columns that the broken rules look at, and under `reason` why it is bad. */
export type Example = Record<string, string | number | boolean | null>;

/** The first bad rows of a check; nothing is asked where none is bad. */
export async function findExamples(engine: SqlEngine, rules: CheckRulesSql, { check, measured, suspects }: { check: RowCheckSql; measured: Measured; suspects: Suspects }): Promise<Example[]> {
  const columns = exampleColumns(rules, check);
  const examples: Example[] = [];
  if ((measured.get(`bad ${check.index}`) ?? 0) > 0) {
    const broken = check.conditions.map(({ failing, reason }, index) => ({ reason, flag: rules.plainName(`rule_${index}`), columns: mentioned(rules, failing) }));
    for (const row of await engine.rows(examplesStatement(rules, check, columns))) examples.push(example(row, rules, broken));
  }
  if (examples.length < exampleCount && (measured.get(`more ${check.index}`) ?? 0) > 0) {
    const broken = check.duplicates.map(({ rule, number }) => ({ reason: rule.reason, flag: rules.plainName(`duplicate_${number}`), columns: rule.key }));
    for (const row of await engine.rows(duplicateExamplesStatement(rules, check, { columns, known: suspects }))) examples.push(example(row, rules, broken));
  }
  return examples.slice(0, exampleCount);
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
  return Object.fromEntries([...values, ['reason', broken.map(({ reason }) => reason).join('; ')]]);
}

function shown(value: unknown): Example[string] {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

/** The key and every column that a rule of the check looks at. */
export function exampleColumns(rules: CheckRulesSql, { conditions, duplicates }: RowCheckSql): string[] {
  const named = [...conditions.flatMap(({ failing }) => mentioned(rules, failing)), ...duplicates.flatMap(({ rule }) => rule.key)];
  return [...new Set([...rules.target.key, ...named])];
}

/** The columns that some SQL names, quoted or as a bare word. */
function mentioned({ target, dialect }: CheckRulesSql, sql: string): string[] {
  const words = new Set(sql.toLowerCase().match(/[a-z_][a-z0-9_]*/g));
  return target.found.map(({ name }) => name).filter((name) => sql.includes(dialect.identifier(name)) || words.has(name.toLowerCase()));
}
