import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelMirror } from '../ports/model-mirror.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import type { ImplementationTable } from './implementation-table.ts';

export interface MirrorSurroundings {
  readonly context: { readonly pipeline: LoadedPipeline; readonly store: ArtifactStore; readonly logger: Logger };
  readonly implementations: ImplementationTable;
  readonly native: NativeModules;
}

/** The pipeline's mirror of the registry; undefined where it has none. @throws UserError implementation-unknown, pipeline-invalid */
export function openMirror({ context, implementations, native }: MirrorSurroundings): ModelMirror | undefined {
  const { pipeline, store, logger } = context;
  const { mirror } = pipeline.definition;
  if (mirror === undefined) return undefined;
  // Whose version is the champion is the registry's matter, not an option of the implementation.
  const { environment: _championOf, ...request } = mirror;
  return implementations.create('model-mirror', request, { name: request.type, logger, native, pipelineFolder: pipeline.folder, store });
}
