import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceContext } from '../../test/builders/source-context.ts';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { writeFeatureSources } from './write-feature-sources.ts';

const root = await mkdtemp(join(tmpdir(), 'feature-sources-'));
afterAll(() => rm(root, { recursive: true }));

it('writes the same bytes every time, which a version’s digest is made of, and leaves out what is not asked for', async () => {
  const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
  const sources = createDataSources(pipeline.definition.data.sources, sourceContext());
  const write = async (name: string): Promise<Record<string, string>> => {
    const folder = join(root, name);
    const window = { from: Date.parse('2013-06-01T00:00:00Z'), to: Date.parse('2015-06-01T00:00:00Z'), asOf: Date.parse('2015-06-01T00:00:00Z') };
    await writeFeatureSources({ native: { load: createRequire(import.meta.url) }, pipeline, sources, dataRoot: 'data/nycflights13', ...window, workDirectory: join(root, 'work'), folder, except: ['flights', 'weather'] });
    const files = await readdir(folder);
    return Object.fromEntries(await Promise.all(files.sort().map(async (file) => [file, (await readFile(join(folder, file))).toString('base64')] as const)));
  };
  const first = await write('first');
  expect(Object.keys(first)).toEqual(['airports.parquet', 'events.parquet', 'facilities.parquet', 'holidays.parquet', 'planes.parquet']);
  expect(await write('second')).toEqual(first);
});
