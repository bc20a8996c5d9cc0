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

  /** Name of the mark of rows that meet a condition of the check. */
  mark({ index }: RowCheckSql): string {
    return this.name(String(index));
  }

  /** Marks as columns to select; empty for a check without conditions. */
  markColumns(checks: readonly RowCheckSql[] = this.checks): string[] {
    return checks.filter(({ conditions }) => conditions.length > 0).map((check) => `${this.anyCondition(check)} AS ${this.mark(check)}`);
  }

  anyCondition({ conditions }: RowCheckSql): string {
    return `(${conditions.map(({ failing }) => `(${failing})`).join(' OR ')})`;
  }

  /** The rows with the marks of all checks that have conditions. */
  marked(): string {
    const columns = this.markColumns();
    return columns.length === 0 ? this.target.relation : `(\n  SELECT *,\n    ${columns.join(',\n    ')}\n  FROM ${this.target.relation}\n) AS ${this.name('marked')}`;
  }

  /** True, NULL or false: some enforced check marked the row. */
  anyEnforcedMark(): string {
    return anyOf(this.checks.filter(({ enforced, conditions }) => enforced && conditions.length > 0).map((check) => this.mark(check)));
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
