import type { Check } from '../verdict/verdict.ts';
import { blameCondition } from './blame-condition.ts';
import { CheckRulesSql } from './check-rules-sql.ts';
import { duplicatesStatement, type MeasuredStatement, scanStatement, type Suspects, tableStatement } from './check-statements.ts';
import type { CheckPlan, RowCounts } from './checks/check-plan.ts';
import type { PlannedCheck } from './checks/plan-checks.ts';
import type { RelationColumn } from './describe-relation.ts';
import { findBadRows } from './find-bad-rows.ts';
import { findExamples } from './find-examples.ts';
import { findSuspects } from './find-suspects.ts';
import { describeCheck, judgeRowCheck } from './judge-row-check.ts';
import type { SqlEngine } from './sql/sql-engine.ts';

/** The rows that are checked, and with what. */
export interface ChecksTarget {
  /** A table, or a query in brackets. */
  readonly relation: string;
  readonly planned: readonly PlannedCheck[];
  /** The relation's columns. */
  readonly found: readonly RelationColumn[];
  /** Columns that name a row in the examples. */
  readonly key: readonly string[];
  /** SQL expressions that order the rows as they lie; where empty, rows are ordered by all their columns. */
  readonly order: readonly string[];
  /** The column whose first and last value say when rows went bad. */
  readonly eventTime?: string;
}

export interface ChecksRequest extends ChecksTarget {
  readonly engine: SqlEngine;
}

export interface ChecksResult {
  readonly rows: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** Of the pipeline's checks, in its order. */
  readonly checks: readonly Check[];
  /** Where duplicates may be; `splitRows` need not find them again. */
  readonly suspects: Suspects;
}

/** What was measured of the rows, by names of check-statements.ts; absent: not asked for, since nothing was bad. */
export type Measured = ReadonlyMap<string, number>;

/**
 * Runs all checks: one scan counts what it can; duplicates and queries ask on their own; only where something is bad are rows looked at again.
 * @throws UserError condition-invalid where the engine cannot read a condition of pipeline.yaml
 */
export async function runChecks(request: ChecksRequest): Promise<ChecksResult> {
  const { engine } = request;
  const target = askable(request);
  const rules = new CheckRulesSql(target, engine.dialect);
  const { measured, suspects, counts } = await blameCondition(engine, target, () => countRows(engine, rules));
  const examples = await findExamples(engine, rules, { measured, suspects });
  const checks: Check[] = [];
  for (const planned of request.planned) {
    const rowCheck = rules.checks.find(({ index }) => target.planned[index] === planned);
    if (rowCheck !== undefined && planned.plan.kind === 'rows') {
      checks.push(judgeRowCheck(planned, planned.plan, { check: rowCheck, measured, rows: counts.rows, examples: examples.get(rowCheck.index) ?? [] }));
    } else if (target.planned.includes(planned)) {
      checks.push({ ...describeCheck(planned), sampleSize: counts.rows, ...(await blameCondition(engine, target, () => judgeTable(engine, planned.plan, { measured, counts, index: target.planned.indexOf(planned) }))) });
    } else {
      checks.push({ ...describeCheck(planned), sampleSize: counts.rows, value: null, verdict: 'inconclusive', message: 'not looked at: the columns are not as declared' });
    }
  }
  return { ...counts, quarantined: counts.rows - counts.accepted, checks, suspects };
}

/** What can be asked: of rows of another shape, only whether they are; nothing of columns that are not there. */
export function askable(target: ChecksTarget): ChecksTarget {
  const { planned, found, key, eventTime, order, relation } = target;
  const has = (name: string): boolean => found.some((column) => column.name === name);
  const broken = planned.find(({ plan }) => plan.id === 'schema' && plan.kind === 'rows' && plan.rules.length > 0);
  return {
    relation,
    found,
    order,
    planned: broken === undefined ? planned : [broken],
    key: key.filter(has),
    ...(eventTime !== undefined && has(eventTime) ? { eventTime } : {}),
  };
}

async function countRows(engine: SqlEngine, rules: CheckRulesSql): Promise<{ measured: Measured; suspects: Suspects; counts: RowCounts }> {
  const [measured, suspects] = await atTheSameTime(engine, (side) => measureRows(side, rules), (side) => findSuspects(side, rules));
  const someDuplicates = rules.duplicates.some(({ rule }) => suspects.get(rule.key.join(','))?.length !== 0);
  if (someDuplicates) mergeInto(measured, await measure(engine, duplicatesStatement(rules, suspects)));
  const rows = measured.get('rows') ?? 0;
  return { measured, suspects, counts: { rows, accepted: rows - (measured.get('bad') ?? 0) - (measured.get('more') ?? 0) } };
}

/** One scan for everything, or a look for each rule besides the measures: see `scans` of the dialect. */
async function measureRows(engine: SqlEngine, rules: CheckRulesSql): Promise<Map<string, number>> {
  const byRule = engine.dialect.scans === 'by-rule' ? await findBadRows(engine, rules) : undefined;
  if (byRule === undefined) return new Map(await measure(engine, scanStatement(rules)));
  return new Map([...byRule, ...(await measure(engine, tableStatement(rules)))]);
}

/** Two works side by side where the engine can. Both have ended when it returns, and the first one's failure is told first. */
async function atTheSameTime<First, Second>(engine: SqlEngine, first: (engine: SqlEngine) => Promise<First>, second: (engine: SqlEngine) => Promise<Second>): Promise<[First, Second]> {
  if (engine.alongside === undefined) return [await first(engine), await second(engine)];
  const [one, other] = await Promise.allSettled([first(engine), engine.alongside(second)]);
  if (one.status === 'rejected') throw one.reason;
  if (other.status === 'rejected') throw other.reason;
  return [one.value, other.value];
}

async function judgeTable(engine: SqlEngine, plan: CheckPlan, { measured, counts, index }: { measured: Measured; counts: RowCounts; index: number }): Promise<Pick<Check, 'value' | 'verdict'>> {
  if (plan.kind === 'table') return plan.judge(new Map(Object.keys(plan.measures).map((name) => [name, measured.get(`${index} ${name}`) ?? Number.NaN])), counts);
  if (plan.kind === 'rows') throw new Error(`${plan.id} judges rows`);
  const results = new Map<string, readonly Record<string, unknown>[]>();
  for (const [name, sql] of Object.entries(plan.queries)) results.set(name, await engine.rows(sql));
  return plan.judge(results, counts);
}

async function measure(engine: SqlEngine, { sql, columns }: MeasuredStatement): Promise<[string, number][]> {
  const [row] = await engine.rows(sql);
  return [...columns].map(([name, column]) => [name, row?.[column] === null || row?.[column] === undefined ? Number.NaN : Number(row[column])]);
}

/** Spans of conditions and duplicates of one check become one. */
function mergeInto(measured: Map<string, number>, more: readonly [string, number][]): void {
  for (const [name, value] of more) {
    const known = measured.get(name);
    if (known === undefined || Number.isNaN(known)) measured.set(name, value);
    else if (!Number.isNaN(value)) measured.set(name, name.startsWith('max ') ? Math.max(known, value) : Math.min(known, value));
  }
}
