import { mkdtemp, rm, truncate, copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { silentLogger } from '../ports/logger.ts';
import { ingest } from './ingest.ts';

const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
const sources = createDataSources(pipeline.definition.data.sources);
const data = 'data/nycflights13';
const folder = await mkdtemp(join(tmpdir(), 'taxiway-ingest-'));
afterAll(() => rm(folder, { recursive: true }));

async function ingestDay({ from = '2013-01-05', to = '2013-01-06', asOf = '2013-01-10', dataRoot = data } = {}) {
  const store = new FileArtifactStore(join(folder, 'store'));
  return ingest(
    { from: Date.parse(from), to: Date.parse(to), dataRoot },
    {
      pipeline,
      sources,
      store,
      artifacts: new ArtifactRepository(store),
      logger: silentLogger,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      native: { load: createRequire(import.meta.url) },
      asOf: Date.parse(asOf),
      codeCommit: '0'.repeat(40),
      workDirectory: await mkdtemp(join(folder, 'work-')),
    },
  );
}

describe('ingest', () => {
  it('gives the same digest for the same window, and another when more is known', async () => {
    const [one, again, early] = [await ingestDay(), await ingestDay(), await ingestDay({ asOf: '2013-01-05T18:00:00Z' })];
    expect(again.outputs.snapshot).toBe(one.outputs.snapshot);
    expect(early.outputs.snapshot).not.toBe(one.outputs.snapshot);
    expect(early.outputs.rows).toBe(one.outputs.rows);
  }, 60_000);

  it('refuses a window without rows', async () => {
    await expect(ingestDay({ from: '2015-01-01', to: '2015-01-02' })).rejects.toMatchObject({ code: 'window-empty' });
    await expect(ingestDay({ from: '2013-01-06', to: '2013-01-05' })).rejects.toMatchObject({ code: 'window-empty' });
  }, 60_000);

  it('names the source and file that is missing or cut', async () => {
    await expect(ingestDay({ dataRoot: folder })).rejects.toMatchObject({ code: 'source-missing', message: expect.stringContaining('source flights') as string });
    const cut = await mkdtemp(join(folder, 'cut-'));
    await copyFile(join(data, 'flights.parquet'), join(cut, 'flights.parquet'));
    await truncate(join(cut, 'flights.parquet'), 100_000);
    await expect(ingestDay({ dataRoot: cut })).rejects.toMatchObject({ code: 'source-unreadable', message: expect.stringContaining('flights.parquet') as string });
  }, 60_000);
});
