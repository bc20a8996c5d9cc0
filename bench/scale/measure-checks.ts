import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { planChecks } from '../../src/data/checks/plan-checks.ts';
import { withDatabase } from '../../src/data/database.ts';
import { describeRelation } from '../../src/data/describe-relation.ts';
import { runChecks, type ChecksResult } from '../../src/data/run-checks.ts';
import { rowsRelation } from '../../src/data/snapshot-files.ts';
import { createDuckDbEngine } from '../../src/data/sql/duckdb-engine.ts';
import { duckDbDialect } from '../../src/data/sql/duckdb-dialect.ts';
import { definitionWithChecks } from '../definition-with-checks.ts';
import { firstDay } from './real-flights.ts';

export type Part = 'scan' | 'exact';

export interface Measurement {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Largest resident memory of the process, GB (10^9 bytes). */
  readonly residentGigabytes: number;
  readonly result: ChecksResult;
}

/** `exact` runs everything; `scan` leaves out what has to group or sort all rows. */
const groupingChecks = ['uniqueness', 'outliers'];
const memory: Readonly<Record<Part, string>> = { scan: '1GB', exact: '4GB' };

async function measure(folder: string, { part, asOf, spill }: { part: Part; asOf: number; spill: string }): Promise<Measurement> {
  const loaded = await definitionWithChecks(join(import.meta.dirname, 'checks.yaml'));
  const definition = { ...loaded, checks: part === 'exact' ? loaded.checks : loaded.checks.filter(({ check }) => !groupingChecks.includes(check)) };
  const files = (await readdir(folder)).sort().map((name) => ({ path: join(folder, name) }));
  const { key, 'event-time': eventTime } = definition.data.dataset;
  const started = performance.now();
  const result = await withDatabase(
    { load: createRequire(import.meta.url) },
    async (database) => {
      const relation = rowsRelation(files, { position: true });
      const found = await describeRelation(database, rowsRelation(files));
      const planned = planChecks({
        definition,
        dialect: duckDbDialect,
        found,
        relation,
        order: ['file_index', 'file_row_number'],
        asOf,
        window: { from: firstDay, to: asOf },
        sources: {},
        reference: undefined,
      });
      return runChecks({ engine: createDuckDbEngine(database), relation, planned, found, key, order: ['file_index', 'file_row_number'], eventTime });
    },
    { threads: Math.min(2, availableParallelism()), memoryLimit: memory[part], temporaryFolder: spill },
  );
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, residentGigabytes: (maxRSS * 1024) / 1e9, result };
}

// node bench/scale/measure-checks.ts <folder> <scan | exact> <as-of, ms> <folder to spill to>
const [folder = '', part = '', asOf = '', spill = ''] = process.argv.slice(2);
console.log(JSON.stringify(await measure(folder, { part: part === 'exact' ? 'exact' : 'scan', asOf: Number(asOf), spill })));
