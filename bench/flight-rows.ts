import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileArtifactStore } from '../src/adapters/artifact-store/file.ts';
import { createOnnxRuntimeEngine } from '../src/adapters/training-engine/onnxruntime.ts';
import { ArtifactRepository } from '../src/artifacts/artifact.ts';
import { parseDigest } from '../src/artifacts/digest.ts';
import { readParquet } from '../src/data/read-parquet.ts';
import { snapshotFiles } from '../src/data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../src/data/sql-text.ts';
import type { Table } from '../src/data/table.ts';
import { type LoadedPipeline, loadPipeline } from '../src/pipeline/load-pipeline.ts';
import { dayStart } from '../src/pipeline/training-window.ts';
import { silentLogger } from '../src/ports/logger.ts';
import type { TrainingEngine } from '../src/ports/training-engine.ts';

const repository = join(import.meta.dirname, '..');
const pipelineFile = 'pipelines/flight-delay/pipeline.yaml';

export interface FlightRows {
  readonly pipeline: LoadedPipeline;
  readonly engine: TrainingEngine;
  /** Scored rows with a label, half-open days of the scheduled departure, in its order. */
  read(from: string, to: string): Promise<Table>;
  close(): Promise<void>;
}

/** Real flights of the days as the pipeline makes them: ingested and validated from sources into a temporary store. */
export async function openFlightRows(from: string, to: string): Promise<FlightRows> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-flights-'));
  const store = pathToFileURL(join(folder, 'store')).href;
  const shared = { pipeline: pipelineFile, store, 'data-root': join(repository, 'data', 'nycflights13'), 'as-of': '2014-01-03T00:00:00Z' };
  const snapshot = await runStep('ingest', { ...shared, from, to }, { folder, output: 'snapshot' });
  const dataset = await runStep('validate-data', { ...shared, snapshot }, { folder, output: 'dataset' });
  const native = { load: createRequire(import.meta.url) };
  const artifacts = new ArtifactRepository(new FileArtifactStore(join(folder, 'store')));
  const pipeline = await loadPipeline(join(repository, pipelineFile));
  const { definition } = pipeline;
  const time = definition.data.dataset['event-time'];
  const files = await snapshotFiles(artifacts, await artifacts.read('clean-snapshot', parseDigest(dataset, 'dataset')));
  return {
    pipeline,
    engine: createOnnxRuntimeEngine(native, { logger: silentLogger }),
    read: (first, last) =>
      readParquet(
        native,
        files.map(({ path }) => path),
        {
          columns: Object.keys(definition.columns),
          where: `(${definition['scored-rows']}) AND ${quoteIdentifier(time)} >= ${timestampLiteral(dayStart(first))} AND ${quoteIdentifier(time)} < ${timestampLiteral(dayStart(last))} AND ${quoteIdentifier(definition.data.label.column)} IS NOT NULL`,
          orderBy: [time, ...definition.data.dataset.key.filter((name) => name !== time)],
        },
      ),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** One step as a runner starts it, from sources: a process of its own. Gives one of its outputs. */
async function runStep(name: string, inputs: Readonly<Record<string, string>>, { folder, output }: { readonly folder: string; readonly output: string }): Promise<string> {
  const outputFile = join(folder, `${name}-output`);
  await writeFile(outputFile, '');
  const { PATH, HOME } = process.env;
  const environment = { PATH, HOME, ORT_DISABLE_TELEMETRY: '1', RUNNER_TEMP: folder, GITHUB_WORKSPACE: repository, GITHUB_OUTPUT: outputFile, 'INPUT_VERDICT-PATH': join(folder, `${name}.json`) };
  for (const [key, value] of Object.entries(inputs)) Object.assign(environment, { [`INPUT_${key.toUpperCase()}`]: value });
  const run = spawnSync(process.execPath, [join(repository, 'actions', name, 'main.ts')], { cwd: repository, env: environment, encoding: 'utf8' });
  const found = new RegExp(`^${output}<<(\\S+)\\n([\\s\\S]*?)\\n\\1$`, 'm').exec(await readFile(outputFile, 'utf8'))?.[2];
  if (run.status !== 0 || found === undefined) throw new Error(`${name} ended with ${String(run.status)}:\n${run.stdout}${run.stderr}`);
  return found;
}
