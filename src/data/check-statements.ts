import { anyOf, type CheckRulesSql, type DuplicateSql, type RowCheckSql } from './check-rules-sql.ts';

/** Rows shown of what a check finds. */
export const exampleCount = 5;

/** From here on hashes are not written into statements, but found again by them. */
export const manySuspects = 1000;

/** Key columns, joined by `,` → the hashes that come more than once, where they are known and not many. */
export type Suspects = ReadonlyMap<string, readonly string[]>;

/** Result columns have names of the statement's own, so that no engine's rules about names matter. */
export interface MeasuredStatement {
  readonly sql: string;
  /** What is measured → column of the result. */
  readonly columns: ReadonlyMap<string, string>;
}

/** The common scan: all rows, those that an enforced condition rejects, those of each check and rule and when, and every measure of the table checks. */
export function scanStatement(rules: CheckRulesSql): MeasuredStatement {
  const measures: [string, string][] = [['bad', countWhere(rules.anyEnforcedMark())]];
  for (const check of rules.checks) {
    if (check.conditions.length === 0) continue;
    measures.push([`bad ${check.index}`, countWhere(rules.mark(check))]);
    measures.push(...check.conditions.map(({ reason }, position): [string, string] => [`rule ${check.index} ${reason}`, countWhere(check.conditions.length === 1 ? rules.mark(check) : rules.flag(check, position))]));
    if (rules.target.eventTime !== undefined) measures.push(...spanMeasures(rules, check, rules.mark(check)));
  }
  return measured(rules, [...tableMeasures(rules), ...measures], `FROM ${rules.marked()}`);
}

/** All rows, and every measure of the table checks. */
export function tableStatement(rules: CheckRulesSql): MeasuredStatement {
  return measured(rules, tableMeasures(rules), `FROM ${rules.target.relation}`);
}

/**
 * The hashes of a key that come more than once, as text, or enough of them to know that they are many. None means that no key does. `sorted` needs an
 * engine that sorts numbers faster than it groups by them.
 */
export function suspectsStatement(rules: CheckRulesSql, duplicate: DuplicateSql, { sorted }: { sorted: boolean }): string {
  if (sorted) {
    const hashes = `SELECT ${rules.hash(duplicate)} AS hash FROM ${rules.target.relation} WHERE ${rules.hasKey(duplicate)}`;
    return `SELECT DISTINCT ${rules.dialect.asText('hash')} AS hash FROM (SELECT hash, lag(hash) OVER (ORDER BY hash) AS last_hash FROM (${hashes}) AS hashes) AS suspected WHERE hash = last_hash LIMIT ${manySuspects}`;
  }
  return `SELECT ${rules.dialect.asText('hash')} AS hash FROM (${suspects(rules, duplicate)}) AS suspected LIMIT ${manySuspects}`;
}

/** Rows after the first of their key: by rule, by check (without those that its conditions find), and beyond those that an enforced condition rejects. */
export function duplicatesStatement(rules: CheckRulesSql, known: Suspects): MeasuredStatement {
  const measures: [string, string][] = [];
  const time = rules.target.eventTime;
  for (const check of rules.checks) {
    if (check.duplicates.length === 0) continue;
    const duplicate = anyDuplicate(rules, check);
    measures.push([`more ${check.index}`, countWhere(check.conditions.length === 0 ? duplicate : `(${duplicate}) AND NOT coalesce(${rules.mark(check)}, false)`)]);
    measures.push(...check.duplicates.map((rule): [string, string] => [`rule ${check.index} ${rule.rule.reason}`, countWhere(rules.duplicateMark(rule))]));
    if (time !== undefined) measures.push(...spanMeasures(rules, check, duplicate));
  }
  const enforced = anyOf(rules.checks.filter((check) => check.enforced).flatMap(({ duplicates }) => duplicates.map((rule) => rules.duplicateMark(rule))));
  measures.push(['more', countWhere(`(${enforced}) AND NOT coalesce(${rules.anyEnforcedMark()}, false)`)]);
  return measured(rules, measures, `FROM (${numberedRows(rules, known)}) AS numbered`);
}

/** Rows of the statement that looks for examples of all checks at once. */
const sharedExampleCount = 200;

/** The first rows that the conditions of some checks find: columns, and every mark. A check with fewer rows than it needs asks on its own. */
export function examplesStatement(rules: CheckRulesSql, checks: readonly RowCheckSql[], columns: readonly string[]): string {
  const limit = checks.length === 1 ? exampleCount : sharedExampleCount;
  // A subquery becomes a join, whose rows come in any order.
  const keepsOrder = rules.dialect.keepsOrder && !checks.some(({ conditions }) => conditions.some(({ failing }) => /\bSELECT\b/i.test(failing)));
  const order = keepsOrder ? '' : ` ORDER BY ${rules.order}`;
  const where = anyOf(checks.map((check) => rules.anyCondition(check)));
  return `SELECT ${[...names(rules, columns), ...rules.flagColumns(checks)].join(', ')} FROM ${rules.target.relation} WHERE ${where}${order} LIMIT ${limit}`;
}

/** The first duplicates of a check. */
export function duplicateExamplesStatement(rules: CheckRulesSql, check: RowCheckSql, { columns, known }: { columns: readonly string[]; known: Suspects }): string {
  const marks = check.duplicates.map((duplicate) => rules.duplicateMark(duplicate));
  return `SELECT ${[...names(rules, columns), ...marks].join(', ')} FROM (${numberedRows(rules, known)}) AS numbered WHERE ${anyDuplicate(rules, check)} ORDER BY ${rules.order} LIMIT ${exampleCount}`;
}

/**
 * Every row whose key's hash comes more than once, with all its marks and, for each rule, whether it is a duplicate. Exact: the hash only
 * chooses who is compared, and whoever shares a key shares its hash.
 */
export function numberedRows(rules: CheckRulesSql, known: Suspects): string {
  const { relation } = rules.target;
  const suspected = rules.duplicates.flatMap((rule) => {
    const hashes = known.get(rule.rule.key.join(','));
    return hashes?.length === 0 ? [] : [`${rules.hash(rule)} IN (${hashes?.join(', ') ?? suspects(rules, rule)})`];
  });
  // The row that is kept must not be one that a condition rejects, or its key would be lost with it.
  const rejected = rules.anyEnforcedMark();
  const rejectedLast = rejected === 'false' ? '' : `coalesce(${rejected}, false), `;
  const marks = rules.duplicates.map((rule) => {
    const key = rule.rule.key.map((name) => rules.dialect.identifier(name)).join(', ');
    return `(${rules.hasKey(rule)}) AND row_number() OVER (PARTITION BY ${key} ORDER BY ${rejectedLast}${rules.order}) > 1 AS ${rules.duplicateMark(rule)}`;
  });
  return `SELECT *, ${marks.join(', ')} FROM ${rules.marked(`(SELECT * FROM ${relation} WHERE ${anyOf(suspected)}) AS candidates`)}`;
}

function suspects(rules: CheckRulesSql, duplicate: DuplicateSql): string {
  const hash = rules.hash(duplicate);
  return `SELECT ${hash} AS hash FROM ${rules.target.relation} WHERE ${rules.hasKey(duplicate)} GROUP BY ${hash} HAVING count(*) > 1`;
}

function anyDuplicate(rules: CheckRulesSql, { duplicates }: RowCheckSql): string {
  return anyOf(duplicates.map((rule) => rules.duplicateMark(rule)));
}

function tableMeasures({ target }: CheckRulesSql): [string, string][] {
  const measures = target.planned.flatMap(({ plan }, index) => (plan.kind === 'table' ? Object.entries(plan.measures).map(([name, sql]): [string, string] => [`${index} ${name}`, sql]) : []));
  return [['rows', 'count(*)'], ...measures];
}

function spanMeasures(rules: CheckRulesSql, { index }: RowCheckSql, where: string): [string, string][] {
  const { dialect, target } = rules;
  const time = dialect.identifier(target.eventTime ?? '');
  return ['min', 'max'].map((edge): [string, string] => [`${edge} ${index}`, dialect.epochMilliseconds(`${edge}(${time}) FILTER (WHERE ${where})`)]);
}

function names({ dialect }: CheckRulesSql, columns: readonly string[]): string[] {
  return columns.map((name) => dialect.identifier(name));
}

function countWhere(condition: string): string {
  return `count(*) FILTER (WHERE ${condition})`;
}

function measured({ dialect }: CheckRulesSql, measures: readonly [string, string][], from: string): MeasuredStatement {
  // What is asked for under two names is measured once.
  const distinct = [...new Set(measures.map(([, sql]) => sql))];
  const columns = new Map(measures.map(([name, sql]) => [name, `m${distinct.indexOf(sql)}`]));
  return { columns, sql: `SELECT\n  ${distinct.map((sql, index) => `${dialect.asDouble(sql)} AS m${index}`).join(',\n  ')}\n${from}` };
}
