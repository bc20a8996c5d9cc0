import { openStore } from '../src/action/open-store.ts';
import { UserError } from '../src/errors.ts';
import { loadPipeline } from '../src/pipeline/load-pipeline.ts';
import type { PipelineDefinition } from '../src/pipeline/schema/pipeline.ts';
import type { PrunableArtifactStore } from '../src/ports/artifact-store.ts';
import { fromHere } from './options.ts';

export interface StoreOptions {
  readonly store: string | undefined;
  readonly environment: string | undefined;
  /** Read only where the environment's store is asked for. */
  readonly pipeline: string;
  readonly workDirectory: string;
}

/** @throws UserError input-invalid, pipeline-missing, pipeline-invalid */
export async function chosenStore({ store, environment, pipeline, workDirectory }: StoreOptions): Promise<PrunableArtifactStore> {
  if (store === undefined && environment === undefined) {
    throw new UserError('input-invalid', 'no store is named', { hint: 'Pass --store file:///… or s3://bucket/prefix, or --environment with a store in pipeline.yaml.' });
  }
  // A store that is given is opened without any pipeline.
  const definition = store === undefined ? (await loadPipeline(fromHere(pipeline))).definition : ({ environments: {} } as PipelineDefinition);
  return openStore({ given: store, environment, definition, workDirectory });
}
