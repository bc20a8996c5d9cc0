import { z } from 'zod';
import { MlflowMirror } from '../adapters/model-registry/mlflow/mlflow-mirror.ts';
import { LogNotifier } from '../adapters/notifier/log.ts';
import { PagerDutyNotifier, pagerDutySchema } from '../adapters/notifier/pagerduty.ts';
import { SlackNotifier, slackSchema } from '../adapters/notifier/slack/slack.ts';
import { mlflowMirrorSchema } from '../pipeline/schema/mirror.ts';
import { definePlugin, implementation } from './define-plugin.ts';
import { mlflowCredentials } from './mirror-credentials.ts';
import { pagerDutyRoutingKey, slackToken } from './notifier-credentials.ts';

/** What Taxiway brings itself, registered like any other plugin. Its data sources are in adapters/data-source/create-data-sources.ts: pipeline.yaml's schema knows their options. */
export const builtInPlugin = definePlugin({
  name: 'taxiway',
  implementations: {
    notifier: {
      log: implementation(z.strictObject({}), (_options, { logger }) => new LogNotifier(logger)),
      pagerduty: implementation(pagerDutySchema, (options) => new PagerDutyNotifier({ ...options, routingKey: pagerDutyRoutingKey(process.env) })),
      slack: implementation(slackSchema, (options, { store }) => new SlackNotifier({ ...options, store, token: slackToken(process.env) })),
    },
    'model-mirror': {
      mlflow: implementation(mlflowMirrorSchema, (options) => new MlflowMirror({ ...options, credentials: mlflowCredentials(process.env) })),
    },
  },
});
