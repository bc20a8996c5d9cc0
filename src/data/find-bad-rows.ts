import type { CheckRulesSql, RowCheckSql } from './check-rules-sql.ts';
import type { RowRule } from './checks/check-plan.ts';
import type { Measured } from './run-checks.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/**
 * The bad rows, each once, counted by the set of rules that they break, with their first and last event time. Every rule has a look of its own, which
 * reads its columns only and is answered while they are read, from dictionaries: a fraction of what one scan costs that asks every row everything.
 * Undefined where rows have no position to be told apart by, where there are no rules, and where one rejects every row whatever it says.
 */
export function badRowsStatement(rules: CheckRulesSql): string | undefined {
  const { dialect, target } = rules;
  const all = numbered(rules);
  if (target.order.length === 0 || all.length === 0 || all.some(({ rule }) => rule.failing === 'true')) return undefined;
  const looks = all.map(({ rule }, number) => look(rules, rule, number));
  const time = rules.name('time');
  const edges = ['min', 'max'].map((edge) => `${dialect.asDouble(target.eventTime === undefined ? 'NULL' : dialect.epochMilliseconds(`${edge}(${time})`))} AS ${edge}_time`);
  const rows = `SELECT string_agg(${rules.name('rule')}, ',') AS broken, any_value(${time}) AS ${time}\n  FROM (\n    ${looks.join('\n    UNION ALL ')}\n  ) AS looks\n  GROUP BY ${positions(rules).join(', ')}`;
  return `SELECT broken, count(*) AS row_count, ${edges.join(', ')}\nFROM (\n  ${rows}\n) AS bad_rows\nGROUP BY broken`;
}

/** What the common scan would have counted, from the statement's result; undefined where there is no such statement. */
export async function findBadRows(engine: SqlEngine, rules: CheckRulesSql): Promise<Measured | undefined> {
  const sql = badRowsStatement(rules);
  if (sql === undefined) return undefined;
  const groups = (await engine.rows(sql)).map((row): Group => ({ broken: new Set(String(row['broken']).split(',').map(Number)), rows: Number(row['row_count']), first: timeOf(row['min_time']), last: timeOf(row['max_time']) }));
  const of = (numbers: readonly number[]): Group[] => groups.filter(({ broken }) => numbers.some((number) => broken.has(number)));
  const all = numbered(rules);
  const measured = new Map<string, number>();
  for (const check of rules.checks) {
    const own = all.flatMap((one, number) => (one.check === check ? [number] : []));
    if (own.length === 0) continue;
    measured.set(`bad ${check.index}`, count(of(own)));
    for (const number of own) measured.set(`rule ${check.index} ${all[number]?.rule.reason ?? ''}`, count(of([number])));
    // NaN, as SQL's NULL is read, where there are none.
    measured.set(`min ${check.index}`, edge(of(own), 'first', Math.min));
    measured.set(`max ${check.index}`, edge(of(own), 'last', Math.max));
  }
  measured.set('bad', count(of(all.flatMap(({ check }, number) => (check.enforced ? [number] : [])))));
  return measured;
}

interface Group {
  readonly broken: ReadonlySet<number>;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

function numbered(rules: CheckRulesSql): { check: RowCheckSql; rule: RowRule }[] {
  return rules.checks.flatMap((check) => check.conditions.map((rule) => ({ check, rule })));
}

function positions(rules: CheckRulesSql): string[] {
  return rules.target.order.map((_, index) => rules.name(`position_${index}`));
}

function look(rules: CheckRulesSql, { failing, asksForNaN = false }: RowRule, number: number): string {
  const { dialect, target } = rules;
  const isFloating = (name: string): boolean => /^(?:DOUBLE|FLOAT|REAL)$/i.test(target.found.find((column) => column.name === name)?.type ?? '');
  const opaque = asksForNaN ? [] : rules.mentioned(failing).filter(isFloating).map((name) => `${dialect.withoutStatistics(dialect.identifier(name))} AS ${dialect.identifier(name)}`);
  const rows = opaque.length === 0 ? target.relation : `(SELECT * REPLACE (${opaque.join(', ')}) FROM ${target.relation}) AS rows`;
  const position = positions(rules).map((name, index) => `${target.order[index] ?? ''} AS ${name}`);
  const time = target.eventTime === undefined ? 'NULL' : dialect.identifier(target.eventTime);
  return `SELECT ${number} AS ${rules.name('rule')}, ${position.join(', ')}, ${time} AS ${rules.name('time')} FROM ${rows} WHERE ${failing}`;
}

function count(groups: readonly Group[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
}

function edge(groups: readonly Group[], side: 'first' | 'last', choose: (a: number, b: number) => number): number {
  return groups.map((group) => group[side]).filter((time) => !Number.isNaN(time)).reduce((a, b) => (Number.isNaN(a) ? b : choose(a, b)), Number.NaN);
}

function timeOf(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}
