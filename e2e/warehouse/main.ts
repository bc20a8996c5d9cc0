import { createRequire } from 'node:module';
import { createTrinoEngine } from '../../src/adapters/warehouse/trino.ts';
import { planChecks } from '../../src/data/checks/plan-checks.ts';
import { type Database, withDatabase } from '../../src/data/database.ts';
import { describeRelation, type RelationColumn } from '../../src/data/describe-relation.ts';
import { runChecks, type ChecksResult } from '../../src/data/run-checks.ts';
import { createDuckDbEngine } from '../../src/data/sql/duckdb-engine.ts';
import type { SqlEngine } from '../../src/data/sql/sql-engine.ts';
import { differences } from './compare-values.ts';
import { describeTable, loadRows } from './load-rows.ts';
import { makeScenes, type Scene } from './scenes.ts';
import { missingPrograms, startTrino } from './start-trino.ts';

// The same checks on the same rows, in DuckDB here and on a Trino server: same verdicts, same counts, same examples. npm run e2e:warehouse

interface Line {
  readonly scene: string;
  readonly check: string;
  readonly verdict: string;
  readonly value: string;
  readonly difference: string;
}

const order = ['row_position'];

async function check(engine: SqlEngine, found: readonly RelationColumn[], { table, definition, reference, window }: Scene): Promise<ChecksResult> {
  const { key, 'event-time': eventTime } = definition.data.dataset;
  const context = { definition, dialect: engine.dialect, found, relation: table, order, asOf: window.to, window, sources: { airports: 'airport' }, reference };
  return runChecks({ engine, relation: table, planned: planChecks(context), found, key, order, eventTime });
}

async function compareScene(database: Database, trino: SqlEngine, scene: Scene): Promise<Line[]> {
  const here = await check(createDuckDbEngine(database), await describeRelation(database, scene.table), scene);
  const there = await check(trino, await describeTable(trino, scene.table), scene);
  const counts = ({ rows, accepted, quarantined }: ChecksResult): Record<string, number> => ({ rows, accepted, quarantined });
  return [
    { scene: scene.name, check: '(rows)', verdict: '', value: `${here.rows} = ${here.accepted} + ${here.quarantined}`, difference: differences(counts(here), counts(there)).join('; ') },
    ...here.checks.map((mine, index): Line => ({ scene: scene.name, check: mine.id, verdict: mine.verdict, value: shown(mine.value), difference: differences(mine, there.checks[index]).join('; ') })),
    ...there.checks.slice(here.checks.length).map(({ id, verdict, value }): Line => ({ scene: scene.name, check: id, verdict, value: shown(value), difference: 'only Trino has it' })),
  ];
}

function shown(value: number | string | null): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
}

const missing = missingPrograms();
if (missing !== undefined) {
  console.log(`e2e:warehouse is SKIPPED: ${missing} not found. Install Java 17 or later (a JDK) and Maven to run it.`);
} else {
  const trino = await startTrino();
  try {
    const engine = createTrinoEngine({ endpoint: trino.endpoint, catalog: 'warehouse', schema: 'default', user: 'taxiway' });
    console.log(`Trino ${trino.version} runs at ${trino.endpoint}`);
    const lines = await withDatabase({ load: createRequire(import.meta.url) }, async (database) => {
      const scenes = await makeScenes(database);
      for (const table of new Set(['airport', ...scenes.flatMap(({ table, reference }) => [table, ...(reference === undefined ? [] : [reference])])])) {
        await loadRows(database, engine, { relation: table, table });
      }
      const compared: Line[] = [];
      for (const scene of scenes) compared.push(...(await compareScene(database, engine, scene)));
      return compared;
    });
    console.table(lines.map(({ difference, ...line }) => ({ ...line, same: difference === '' })));
    const failed = lines.filter(({ difference }) => difference !== '');
    for (const { scene, check, difference } of failed) console.log(`${scene}, ${check}: DuckDB | Trino: ${difference}`);
    console.log(`${lines.length - failed.length} passed, ${failed.length} failed`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await trino.stop();
  }
}
