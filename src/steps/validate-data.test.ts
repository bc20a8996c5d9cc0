import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, parseDigest } from '../artifacts/digest.ts';
import { withDatabase } from '../data/database.ts';
import { datasetRelation, openDataset } from '../data/open-dataset.ts';
import { isRowsFile, rowsFile, rowsRelation, snapshotFiles } from '../data/snapshot-files.ts';
import { writeParquet } from '../data/write-parquet.ts';
import { type LoadedPipeline, loadPipeline } from '../pipeline/load-pipeline.ts';
import type { CheckDefinition } from '../pipeline/schema/checks.ts';
import { silentLogger } from '../ports/logger.ts';
import { sourceContext } from '../../test/builders/source-context.ts';
import { validateData } from './validate-data.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const folder = await mkdtemp(join(tmpdir(), 'taxiway-validate-'));
afterAll(() => rm(folder, { recursive: true }));
const store = new FileArtifactStore(join(folder, 'store'));
const artifacts = new ArtifactRepository(store);
const native = { load: createRequire(import.meta.url) };

const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
const dataRoot = 'data/nycflights13';

async function context(asOf = Date.parse('2013-05-01'), used = pipeline) {
  return {
    pipeline: used,
    store,
    artifacts,
    logger: silentLogger,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    native,
    asOf,
    codeCommit: '0'.repeat(40),
      code: parseDigest(`sha256:${'0'.repeat(64)}`, 'code'),
    workDirectory: await mkdtemp(join(folder, 'work-')),
    sources,
  };
}

function withChecks(checks: readonly CheckDefinition[]): LoadedPipeline {
  return { ...pipeline, definition: { ...pipeline.definition, checks: [...checks] } };
}

const months = ['2013-03', '2013-04'];
const window = { from: '2013-03-30T00:00:00.000Z', to: '2013-04-03T00:00:00.000Z' };
const { snapshot, rows } = await ingested();

/** Three days of two months, as `ingest` would store them. */
async function ingested() {
  const workDirectory = await mkdtemp(join(folder, 'ingested-'));
  const count = await withDatabase(native, async (database) => {
    await openDataset(database, { pipeline, sources, dataRoot, from: Date.parse(window.from), to: Date.parse(window.to), asOf: Date.parse('2013-05-01'), workDirectory });
    for (const month of months) await writeParquet(database, `SELECT * FROM ${datasetRelation} WHERE strftime(scheduled_departure, '%Y-%m') = '${month}'`, join(workDirectory, `${month}.parquet`));
    const [counted] = await database.rows(`SELECT count(*) AS n FROM ${datasetRelation}`);
    return Number(counted?.['n']);
  });
  const files = Object.fromEntries(months.map((month) => [rowsFile(month), { path: join(workDirectory, `${month}.parquet`) }]));
  return { rows: count, snapshot: await artifacts.write({ kind: 'snapshot', files, parents: {}, metadata: { window, rows: count, rowsByMonth: { '2013-03': -1 }, changes: { months: {} } } }) };
}

/** A snapshot of the same rows, changed by some SQL on the table `spoilt`. */
async function spoil(...statements: readonly string[]): Promise<Digest> {
  const work = await mkdtemp(join(folder, 'spoilt-'));
  const files: Record<string, { path: string }> = {};
  for (const { name, path } of await snapshotFiles(artifacts, snapshot)) {
    const target = join(work, name.replace('/', '-'));
    await withDatabase(native, async (database) => {
      await database.run(`CREATE TABLE spoilt AS SELECT * FROM read_parquet('${path}')`);
      for (const statement of statements) await database.run(statement);
      await database.run(`COPY spoilt TO '${target}' (FORMAT parquet)`);
    });
    files[name] = { path: target };
  }
  return (await artifacts.write({ kind: 'snapshot', files, parents: {}, metadata: snapshot.manifest.metadata })).digest;
}

test('good rows pass unchanged: the clean snapshot holds the snapshot’s own files', async () => {
  const passed = await validateData({ snapshot: snapshot.digest, dataRoot }, await context());
  expect(passed.verdict.checks.filter(({ verdict, severity }) => verdict === 'fail' && severity === 'error')).toEqual([]);
  expect(passed.verdict.verdict).toBe('pass');
  expect(passed.outputs).toMatchObject({ accepted: String(rows), quarantined: '0' });
  const clean = await artifacts.read('clean-snapshot', passed.outputs.dataset);
  const names = Object.keys(clean.manifest.files).filter(isRowsFile);
  expect(names).toEqual(['rows/2013-03.parquet', 'rows/2013-04.parquet']);
  for (const name of names) expect(clean.manifest.files[name]).toEqual(snapshot.manifest.files[name]);
}, 60_000);

test('bad rows go to quarantine with every reason, none is lost, and a month without any keeps its file', async () => {
  const bad = await spoil("UPDATE spoilt SET wind_speed = 1048, origin = 'ZZZ' WHERE scheduled_departure >= TIMESTAMP '2013-04-01' AND flight_id = (SELECT min(flight_id) FROM spoilt WHERE scheduled_departure >= TIMESTAMP '2013-04-01')");
  const { verdict, outputs } = await validateData({ snapshot: bad, dataRoot }, await context());
  expect(Number(outputs.accepted) + Number(outputs.quarantined)).toBe(rows);
  expect(Number(outputs.quarantined)).toBeGreaterThan(0);
  expect(verdict.checks.filter(({ value, id }) => Number(value) > 0 && /^(range|allowed-values)/.test(id)).map(({ id }) => id)).toEqual(['range', 'allowed-values']);
  expect(verdict.charts?.[0]?.series[0]?.points).toEqual([['2013-03', 0], ['2013-04', Number(outputs.quarantined)]]);
  const clean = await artifacts.read('clean-snapshot', outputs.dataset);
  const own = await artifacts.read('snapshot', bad);
  expect(clean.manifest.files['rows/2013-03.parquet']).toEqual(own.manifest.files['rows/2013-03.parquet']);
  const relation = rowsRelation(await snapshotFiles(artifacts, clean));
  const counted = await withDatabase(native, (database) => database.rows(`SELECT strftime(scheduled_departure, '%Y-%m') AS month, count(*)::DOUBLE AS n FROM ${relation} GROUP BY 1 ORDER BY 1`));
  expect(clean.manifest.metadata).toEqual({
    window,
    rows: Number(outputs.accepted),
    accepted: Number(outputs.accepted),
    quarantined: Number(outputs.quarantined),
    rowsByMonth: Object.fromEntries(counted.map((row) => [row['month'], row['n']])),
    eventTime: { first: expect.stringMatching(/^2013-03-30T/) as string, last: expect.stringMatching(/^2013-04-0[23]T/) as string },
  });
  const quarantine = await artifacts.file(clean, 'quarantine.parquet');
  const [first] = await withDatabase(native, (database) => database.rows(`SELECT len(reasons)::INTEGER AS reasons FROM read_parquet('${quarantine}') LIMIT 1`));
  expect(first).toEqual({ reasons: 3 });
  const again = await validateData({ snapshot: bad, dataRoot }, await context());
  expect(again.outputs.dataset).toBe(outputs.dataset);
}, 60_000);

test('that no row is lost decides nothing: a pipeline of warnings alone has shown nothing', async () => {
  const warning = withChecks([{ check: 'row-count', minimum: 1, severity: 'warn', mode: 'enforce' }]);
  const { verdict } = await validateData({ snapshot: snapshot.digest, dataRoot }, await context(undefined, warning));
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.checks.find(({ id }) => id === 'rows-in-rows-out')).toMatchObject({ verdict: 'pass', severity: 'info' });
}, 60_000);

test('a check that keeps failing says since when', async () => {
  const failing = withChecks([{ check: 'row-count', minimum: 1_000_000, severity: 'error', mode: 'enforce' }]);
  const days = ['2014-01-10', '2014-01-11', '2014-01-12'];
  const seen: (string | undefined)[] = [];
  for (const day of days) {
    const { verdict } = await validateData({ snapshot: snapshot.digest, dataRoot }, await context(Date.parse(day), failing));
    expect(verdict.verdict).toBe('fail');
    seen.push(verdict.checks.find(({ id }) => id === 'row-count')?.since);
  }
  expect(seen.slice(1)).toEqual(['2014-01-10T00:00:00.000Z', '2014-01-10T00:00:00.000Z']);
}, 60_000);

test('a reference check reads the source it names, and the verdict names its files', async () => {
  const frame = { severity: 'error', mode: 'enforce', 'maximum-bad-share': 0.05 } as const;
  const known = withChecks([{ check: 'reference', columns: ['origin'], source: 'airports', key: ['faa'], ...frame }]);
  const bad = await spoil("UPDATE spoilt SET origin = 'ZZZ' WHERE rowid = 0");
  const { verdict, outputs } = await validateData({ snapshot: bad, dataRoot }, await context(undefined, known));
  expect(outputs.quarantined).toBe('2');
  expect(verdict.subjects.in['source.airports']).toMatch(/^sha256:/);
}, 60_000);

test('an earlier clean snapshot is a parent of what was compared with it', async () => {
  const { outputs } = await validateData({ snapshot: snapshot.digest, dataRoot }, await context());
  const compared = withChecks([{ check: 'distribution', columns: ['departure_delay'], psi: 0.25, ks: 0.25, severity: 'error', mode: 'enforce' }]);
  const next = await spoil('UPDATE spoilt SET departure_delay = departure_delay + 500');
  const result = await validateData({ snapshot: next, reference: outputs.dataset, dataRoot }, await context(undefined, compared));
  expect(result.verdict.verdict).toBe('fail');
  expect((await artifacts.read('clean-snapshot', result.outputs.dataset)).manifest.parents['reference']).toBe(outputs.dataset);
}, 60_000);

test('a snapshot of another pipeline is refused', async () => {
  const other = await artifacts.write({ kind: 'snapshot', files: Object.fromEntries((await snapshotFiles(artifacts, snapshot)).map(({ name, path }) => [name, { path }])), parents: {}, metadata: { ...snapshot.manifest.metadata, pipeline: 'taxi-fares' } });
  await expect(validateData({ snapshot: other.digest, dataRoot }, await context())).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('is of pipeline taxi-fares') as string });
});
