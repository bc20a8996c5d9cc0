import type { CheckPlan, DuplicateRule, RowRule } from './checks/check-plan.ts';
import type { ChecksTarget } from './run-checks.ts';
import type { SqlDialect } from './sql/sql-dialect.ts';

/** A check that judges rows, with its place among all checks. */
export interface RowCheckSql {
  readonly index: number;
  readonly id: string;
  /** Whether its bad rows go to quarantine. */
  readonly enforced: boolean;
  readonly conditions: readonly RowRule[];
  readonly duplicates: readonly DuplicateSql[];
}

export interface DuplicateSql {
  readonly rule: DuplicateRule;
  /** A number among all duplicate rules of the checks. */
  readonly number: number;
}

/** The row checks of a target with the names that their marks have in SQL; no column of the rows has such a name. */
export class CheckRulesSql {
  readonly checks: readonly RowCheckSql[];
  readonly target: ChecksTarget;
  readonly dialect: SqlDialect;
  private readonly prefix: string;

  constructor(target: ChecksTarget, dialect: SqlDialect) {
    this.target = target;
    this.dialect = dialect;
    let prefix = 'check_';
    while (target.found.some(({ name }) => name.toLowerCase().startsWith(prefix))) prefix = `_${prefix}`;
    this.prefix = prefix;
    let number = 0;
    this.checks = target.planned.flatMap(({ plan, mode }, index) => {
      if (plan.kind !== 'rows') return [];
      const conditions = plan.rules.filter(isCondition);
      const duplicates = plan.rules.filter(isDuplicate).map((rule) => ({ rule, number: number++ }));
      return [{ index, id: plan.id, enforced: mode === 'enforce', conditions, duplicates }];
    });
  }

  get duplicates(): DuplicateSql[] {
    return this.checks.flatMap(({ duplicates }) => duplicates);
  }

  /** SQL that orders rows as they lie. */
  get order(): string {
    const { order, found } = this.target;
    return (order.length > 0 ? order : found.map(({ name }) => `${this.dialect.identifier(name)} NULLS LAST`)).join(', ');
  }

  /** The name of a column that a statement makes, quoted. */
  name(part: string): string {
    return this.dialect.identifier(this.plainName(part));
  }

  plainName(part: string): string {
    return `${this.prefix}${part}`;
  }

  /** Name of the mark of rows that meet one condition of a check. */
  flag({ index }: RowCheckSql, position: number): string {
    return this.name(`${index}_${position}`);
  }

  /** Name of the mark of rows that meet some condition of a check. */
  mark(check: RowCheckSql): string {
    return check.conditions.length === 0 ? 'false' : this.name(String(check.index));
  }

  /** Marks of single conditions as columns to select. */
  flagColumns(checks: readonly RowCheckSql[] = this.checks): string[] {
    return checks.flatMap((check) => check.conditions.map(({ failing }, position) => `(${failing}) AS ${this.flag(check, position)}`));
  }

  /** True, NULL or false, from the flags: the row meets some condition of the check. */
  anyFlag(check: RowCheckSql): string {
    return anyOf(check.conditions.map((_, position) => this.flag(check, position)));
  }

  anyCondition({ conditions }: RowCheckSql): string {
    return `(${conditions.map(({ failing }) => `(${failing})`).join(' OR ')})`;
  }

  /**
   * The rows with all marks: true, false or NULL. Marks are columns of inner queries, for an engine asks an expression again for every aggregate
   * that names it.
   */
  marked(rows: string = this.target.relation): string {
    const checks = this.checks.filter(({ conditions }) => conditions.length > 0);
    if (checks.length === 0) return rows;
    const marks = checks.map((check) => `(${this.anyFlag(check)}) AS ${this.mark(check)}`);
    const enforced = checks.filter((check) => check.enforced);
    const bad = enforced.length === 0 ? [] : [`(${anyOf(enforced.map((check) => this.anyFlag(check)))}) AS ${this.name('bad')}`];
    const flagged = `(\n  SELECT *,\n    ${this.flagColumns(checks).join(',\n    ')}\n  FROM ${rows}\n) AS ${this.name('flagged')}`;
    return `(\n  SELECT *,\n    ${[...marks, ...bad].join(',\n    ')}\n  FROM ${flagged}\n) AS ${this.name('marked')}`;
  }

  /** Mark of rows that some enforced check's conditions reject. */
  anyEnforcedMark(): string {
    return this.checks.some(({ enforced, conditions }) => enforced && conditions.length > 0) ? this.name('bad') : 'false';
  }

  /** The columns that some SQL names, quoted or as a bare word. */
  mentioned(sql: string): string[] {
    const words = new Set(sql.toLowerCase().match(/[a-z_][a-z0-9_]*/g));
    return this.target.found.map(({ name }) => name).filter((name) => sql.includes(this.dialect.identifier(name)) || words.has(name.toLowerCase()));
  }

  duplicateMark({ number }: DuplicateSql): string {
    return this.name(`duplicate_${number}`);
  }

  /** A row without a part of its key has no key, and is no duplicate. */
  hasKey({ rule }: DuplicateSql): string {
    return rule.key.map((name) => `${this.dialect.identifier(name)} IS NOT NULL`).join(' AND ');
  }

  hash({ rule }: DuplicateSql): string {
    return this.dialect.hash(rule.key.map((name) => this.dialect.identifier(name)));
  }
}

export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.join(' OR ');
}

export function isCondition(rule: Extract<CheckPlan, { kind: 'rows' }>['rules'][number]): rule is RowRule {
  return 'failing' in rule;
}

function isDuplicate(rule: Extract<CheckPlan, { kind: 'rows' }>['rules'][number]): rule is DuplicateRule {
  return 'key' in rule;
}
