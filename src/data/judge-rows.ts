import type { Json } from '../artifacts/canonical-json.ts';
import { formatCount, formatShare } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { RowCheckPlan, TableCheckPlan } from './checks/check-plan.ts';
import type { PlannedCheck } from './checks/plan-checks.ts';
import type { Database } from './database.ts';
import { nameConditionFault } from './name-condition-fault.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';

/** The table that `judgeRows` makes: the rows with their `reasons` (empty where good) and `row_position`. */
export const judgedRelation = 'judged';

/** A row check fails the verdict when it sends more than this share of the rows to quarantine. */
const largestBadShare = 0.05;
const exampleCount = 3;

export interface JudgeRowsOptions {
  /** A SQL relation with the column `row_position`. */
  readonly relation: string;
  readonly checks: readonly PlannedCheck[];
  /** Columns that name a row in the examples. */
  readonly key: readonly string[];
}

export interface JudgedRows {
  readonly rows: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly checks: readonly Check[];
}

/** Runs all checks: one scan marks the bad rows with every reason they have, one more counts. */
export async function judgeRows(database: Database, { relation, checks, key }: JudgeRowsOptions): Promise<JudgedRows> {
  const broken = checks.find(({ plan }) => plan.id === 'schema' && plan.kind === 'rows' && plan.rules.length > 0);
  // Rows of another shape cannot be asked anything else.
  const able = broken === undefined ? checks : [broken];
  const rules = able.flatMap(({ plan }) => (plan.kind === 'rows' ? plan.rules.map(({ reason, failing }) => `CASE WHEN ${failing} THEN ${quoteText(`${plan.id}: ${reason}`)} END`) : []));
  const names = able.map(({ plan }) => plan.id).filter((id) => id.startsWith('domain-rule.'));
  await nameConditionFault(`rules of checks (${names.join(', ')})`, () =>
    database.run(
      `CREATE TABLE ${judgedRelation} AS SELECT *, list_filter([${rules.join(', ')}]::VARCHAR[], lambda reason: reason IS NOT NULL) AS reasons FROM ${relation} ORDER BY row_position`,
    ),
  );
  const measures: [string, string][] = [
    ['rows', 'count(*)'],
    ['quarantined', 'count(*) FILTER (len(reasons) > 0)'],
  ];
  for (const [index, { plan }] of able.entries()) {
    if (plan.kind === 'rows') measures.push([`${index}`, `count(*) FILTER (${hasReasonOf(plan)})`]);
    else measures.push(...Object.entries(plan.measures).map(([name, sql]): [string, string] => [`${index}.${name}`, sql]));
  }
  const [counted] = await database.rows(`SELECT ${measures.map(([name, sql]) => `(${sql})::DOUBLE AS ${quoteIdentifier(name)}`).join(', ')} FROM ${judgedRelation}`);
  const measured = (name: string): number => (counted?.[name] === null ? Number.NaN : Number(counted?.[name]));
  const rows = measured('rows');
  const results: Check[] = [];
  for (const planned of checks) {
    const index = able.indexOf(planned);
    const { plan } = planned;
    if (index === -1) results.push({ ...describe(planned), sampleSize: rows, value: null, verdict: 'skipped', message: 'the columns are not as declared' });
    else if (plan.kind === 'rows') results.push(await judgeRowCheck(database, { planned, plan, bad: measured(`${index}`), rows, key }));
    else results.push({ ...describe(planned), sampleSize: rows, ...judgeTableCheck(plan, (name) => measured(`${index}.${name}`), rows) });
  }
  const quarantined = measured('quarantined');
  return { rows, quarantined, accepted: rows - quarantined, checks: results };
}

interface RowCheckResult {
  readonly planned: PlannedCheck;
  readonly plan: RowCheckPlan;
  readonly bad: number;
  readonly rows: number;
  readonly key: readonly string[];
}

async function judgeRowCheck(database: Database, { planned, plan, bad, rows, key }: RowCheckResult): Promise<Check> {
  const columns = key.map((name) => `${quoteIdentifier(name)}::VARCHAR AS ${quoteIdentifier(name)}`);
  const examples = bad === 0 || key.length === 0 ? [] : await database.rows(`SELECT ${columns.join(', ')}, reasons FROM ${judgedRelation} WHERE ${hasReasonOf(plan)} ORDER BY row_position LIMIT ${exampleCount}`);
  return {
    ...describe(planned),
    value: bad,
    unit: 'row',
    threshold: `≤ ${formatShare(largestBadShare)} of rows`,
    sampleSize: rows,
    verdict: rows === 0 ? 'inconclusive' : bad / rows > largestBadShare ? 'fail' : 'pass',
    ...(bad === 0 ? {} : { message: `${formatCount(bad)} ${bad === 1 ? 'row' : 'rows'} to quarantine`, details: { examples: examples as Json[] } as NonNullable<Check['details']> }),
  };
}

function judgeTableCheck(plan: TableCheckPlan, measured: (name: string) => number, rows: number): ReturnType<TableCheckPlan['judge']> {
  return plan.judge(new Map(Object.keys(plan.measures).map((name) => [name, measured(name)])), rows);
}

function describe({ plan, severity }: PlannedCheck): Pick<Check, 'id' | 'title' | 'severity' | 'remedy'> {
  return { id: plan.id, title: plan.title, severity, remedy: plan.remedy };
}

function hasReasonOf(plan: RowCheckPlan): string {
  return `len(list_filter(reasons, lambda reason: starts_with(reason, ${quoteText(`${plan.id}: `)}))) > 0`;
}
