import { createRequire } from 'node:module';
import { MemoryArtifactStore } from '../../src/adapters/artifact-store/memory.ts';
import type { SourceContext } from '../../src/adapters/data-source/create-data-sources.ts';
import { silentLogger } from '../../src/ports/logger.ts';

/** What sources are made with, where no plugin is loaded. */
export function sourceContext(): SourceContext {
  return {
    logger: silentLogger,
    native: { load: createRequire(import.meta.url) },
    pipelineFolder: '.',
    store: new MemoryArtifactStore(),
    createPlugin: () => {
      throw new Error('no plugin is loaded');
    },
  };
}
