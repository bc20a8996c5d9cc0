import { resolve } from 'node:path';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { UserError } from '../errors.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { DataSource } from '../ports/data-source.ts';
import { silentLogger } from '../ports/logger.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import { collectImplementations } from './collect-implementations.ts';

export interface CheckSourcesRequest {
  readonly pipeline: LoadedPipeline;
  readonly workspace: string;
  /** Wins over data.root of pipeline.yaml. */
  readonly dataRoot: string | undefined;
  readonly native: NativeModules;
  readonly store: ArtifactStore;
}

/** The pipeline's sources, where there is no step: for checks that look values up in them. @throws UserError plugin-invalid, implementation-unknown */
export async function openCheckSources({ pipeline, workspace, dataRoot, native, store }: CheckSourcesRequest): Promise<{ sources: Readonly<Record<string, DataSource>>; dataRoot: string }> {
  const { data, plugins } = pipeline.definition;
  const table = await collectImplementations(plugins, workspace);
  const context = { logger: silentLogger, native, pipelineFolder: pipeline.folder, store };
  const root = dataRoot ?? data.root;
  if (root.trim() === '') throw new UserError('input-invalid', 'data-root is empty', { hint: 'Name a folder, file:///… or s3://bucket/prefix.' });
  return {
    sources: createDataSources(data.sources, { ...context, createPlugin: (request, name) => table.create('data-source', request, { ...context, name }) }),
    dataRoot: /^[a-z][a-z0-9]+:\/\//.test(root) ? root : resolve(workspace, root),
  };
}
