import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { collectImplementations } from '../../src/action/collect-implementations.ts';
import { LocatedNativeModules } from '../../src/action/native-modules.ts';
import { openMirror } from '../../src/action/open-mirror.ts';
import { openRegistry } from '../../src/action/open-registry.ts';
import { inWorkDirectory } from '../../src/action/work-directory.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { UserError } from '../../src/errors.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { mirrorReader } from '../../src/registry/read-mirror-content.ts';
import { chosenStore } from '../chosen-store.ts';
import { defineCommand } from '../command.ts';
import { environmentOption, fromHere, pipelineOption, storeOption } from '../options.ts';

export const mirrorCommand = defineCommand({
  name: 'mirror',
  summary: 'Brings the mirror of the model registry, `mirror` of pipeline.yaml, up to date with it.',
  words: { usage: 'sync', minimum: 1, maximum: 1 },
  options: z.object({ store: storeOption, environment: environmentOption, pipeline: pipelineOption }),
  examples: ['mirror sync --store s3://models/taxiway'],
  run: async ({ options, words }, terminal) => {
    if (words[0] !== 'sync') throw new UserError('input-invalid', `mirror does not know "${words[0] ?? ''}"; allowed: sync`, { hint: 'npm run taxiway -- mirror --help' });
    const { store: given, environment } = options;
    const pipeline = await loadPipeline(fromHere(options.pipeline));
    return inWorkDirectory('mirror', async (workDirectory) => {
      const store = await chosenStore({ store: given, environment, pipeline: options.pipeline, workDirectory });
      const workspace = fromHere('.');
      const implementations = await collectImplementations(pipeline.definition.plugins, workspace);
      const mirror = openMirror({ context: { pipeline, store, logger: silentLogger }, implementations, native: nativeModules(workspace) });
      if (mirror === undefined) throw new UserError('input-invalid', 'pipeline.yaml has no mirror', { hint: 'Add a section mirror, as docs/mlflow.md shows.' });
      const registry = openRegistry(store, pipeline.definition.name);
      const { changes, notes } = await mirror.sync(mirrorReader({ registry, store, artifacts: new ArtifactRepository(store), pipeline }));
      terminal.print(`${mirror.name} shows the registry in ${store.uri}${changes === 0 ? ' as it did' : `: ${changes} ${changes === 1 ? 'call' : 'calls'}`}`);
      for (const note of notes) terminal.note(`warning: ${note}`);
      return 0;
    });
  },
});

/** Only a plugin may want some. */
function nativeModules(workspace: string): LocatedNativeModules {
  return new LocatedNativeModules({
    workspace,
    scriptPath: fileURLToPath(import.meta.url),
    logger: silentLogger,
    install: () => Promise.reject(new UserError('native-module-missing', 'a native module is not installed', { hint: 'Run npm ci in the checkout of Taxiway.' })),
  });
}
