import { z } from 'zod';
import { LogNotifier } from '../adapters/notifier/log.ts';
import { definePlugin, implementation } from './define-plugin.ts';

/** What Taxiway brings itself, registered like any other plugin. Its data sources are in adapters/data-source/create-data-sources.ts: pipeline.yaml's schema knows their options. */
export const builtInPlugin = definePlugin({
  name: 'taxiway',
  implementations: {
    notifier: {
      log: implementation(z.strictObject({}), (_options, { logger }) => new LogNotifier(logger)),
    },
  },
});
