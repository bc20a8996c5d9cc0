import { createRequire } from 'node:module';
import type { CheckContext, CheckPlan, Judgement } from '../../src/data/checks/check-plan.ts';
import { withDatabase } from '../../src/data/database.ts';
import { describeRelation } from '../../src/data/describe-relation.ts';
import { createDuckDbEngine } from '../../src/data/sql/duckdb-engine.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';

const native = { load: createRequire(import.meta.url) };
const { definition } = await loadPipeline('pipelines/flight-delay/pipeline.yaml');

export const flightDelay = definition;
/** What the frame of every check holds. */
export const enforced = { severity: 'error', mode: 'enforce' } as const;

export interface PlanScene {
  /** A query that makes the rows; `row_position` numbers them as they lie. */
  readonly rows: string;
  readonly plan: (context: CheckContext) => CheckPlan;
  readonly context?: Partial<CheckContext>;
  /** Tables beside the rows, by name. */
  readonly tables?: Readonly<Record<string, string>>;
}

export interface PlanOutcome {
  readonly judgement: Judgement | undefined;
  /** `row_position` of the rows that a row check calls bad. */
  readonly bad: readonly number[];
}

/** Runs one plan on a small table, by the plainest queries there are: what the engine of the checks must agree with. */
export function judgePlan({ rows, plan: planOf, context = {}, tables = {} }: PlanScene): Promise<PlanOutcome> {
  return withDatabase(
    native,
    async (database) => {
      const engine = createDuckDbEngine(database);
      await database.run(`CREATE TABLE checked AS SELECT row_number() OVER () AS row_position, * FROM (${rows})`);
      for (const [name, query] of Object.entries(tables)) await database.run(`CREATE TABLE ${name} AS ${query}`);
      const plan = planOf({ definition, dialect: engine.dialect, found: await describeRelation(database, 'checked'), relation: 'checked', order: ['row_position'], asOf: Date.parse('2014-01-01'), window: undefined, sources: {}, reference: undefined, ...context });
      const [counted] = await engine.rows('SELECT CAST(count(*) AS INTEGER) AS count FROM checked');
      const counts = { rows: Number(counted?.['count']), accepted: Number(counted?.['count']) };
      if (plan.kind === 'rows') {
        const failing = plan.rules.map((rule) => ('failing' in rule ? `coalesce(${rule.failing}, false)` : 'false'));
        const bad = await engine.rows(`SELECT CAST(row_position AS INTEGER) AS row_position FROM checked WHERE ${['false', ...failing].join(' OR ')} ORDER BY ALL`);
        return { judgement: undefined, bad: bad.map((row) => Number(row['row_position'])) };
      }
      if (plan.kind === 'table') {
        const [measured] = await engine.rows(`SELECT ${Object.entries(plan.measures).map(([name, sql]) => `CAST(${sql} AS DOUBLE) AS "${name}"`).join(', ')} FROM checked`);
        return { judgement: plan.judge(new Map(Object.entries(measured ?? {}).map(([name, value]) => [name, value === null ? Number.NaN : Number(value)])), counts), bad: [] };
      }
      const results = new Map<string, Record<string, unknown>[]>();
      for (const [name, query] of Object.entries(plan.queries)) results.set(name, await engine.rows(query));
      return { judgement: plan.judge(results, counts), bad: [] };
    },
    { threads: 1 },
  );
}
