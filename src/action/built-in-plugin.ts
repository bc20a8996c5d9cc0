import { z } from 'zod';
import { MlflowMirror } from '../adapters/model-registry/mlflow/mlflow-mirror.ts';
import { LogNotifier } from '../adapters/notifier/log.ts';
import { mlflowMirrorSchema } from '../pipeline/schema/mirror.ts';
import { definePlugin, implementation } from './define-plugin.ts';
import { mlflowCredentials } from './mirror-credentials.ts';

/** What Taxiway brings itself, registered like any other plugin. Its data sources are in adapters/data-source/create-data-sources.ts: pipeline.yaml's schema knows their options. */
export const builtInPlugin = definePlugin({
  name: 'taxiway',
  implementations: {
    notifier: {
      log: implementation(z.strictObject({}), (_options, { logger }) => new LogNotifier(logger)),
    },
    'model-mirror': {
      mlflow: implementation(mlflowMirrorSchema, (options) => new MlflowMirror({ ...options, credentials: mlflowCredentials(process.env) })),
    },
  },
});
