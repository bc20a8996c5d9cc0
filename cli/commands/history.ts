import { z } from 'zod';
import { openRegistry } from '../../src/action/open-registry.ts';
import { inWorkDirectory } from '../../src/action/work-directory.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { OperatingPoints } from '../../src/registry/operating-points.ts';
import { historyAt, readRegistryHistory } from '../../src/registry/registry-history.ts';
import { chosenStore } from '../chosen-store.ts';
import { defineCommand } from '../command.ts';
import { describeHistory } from '../describe-history.ts';
import { historyJson } from '../history-json.ts';
import { environmentOption, flagOption, fromHere, pipelineOption, storeOption } from '../options.ts';

const day = 86_400_000;

export const historyCommand = defineCommand({
  name: 'history',
  summary: 'Shows the versions of the pipeline’s model, what was live and what challenged it, now or at any date.',
  words: { usage: '', minimum: 0, maximum: 0 },
  options: z.object({
    store: storeOption,
    environment: environmentOption,
    pipeline: pipelineOption,
    at: z
      .union([z.iso.date().transform((text) => Date.parse(text) + day - 1), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], 'write a day, e.g. 2013-10-05, or a moment in ISO 8601, e.g. 2013-10-05T12:00:00Z')
      .optional()
      .describe('As it was at the end of this day (UTC) or at this moment; default: now'),
    json: flagOption('All of it as JSON, for programs'),
  }),
  examples: ['history --store file:///srv/taxiway', 'history --store s3://bucket/taxiway --environment production --at 2013-10-05'],
  run: async ({ options }, terminal) => {
    const { store: given, environment, pipeline, at } = options;
    const { definition } = await loadPipeline(fromHere(pipeline));
    return inWorkDirectory('history', async (workDirectory) => {
      const store = await chosenStore({ store: given, environment, pipeline, workDirectory });
      const model = definition.name;
      const registry = openRegistry(store, model);
      const whole = await readRegistryHistory({ registry, operatingPoints: new OperatingPoints({ store, model, registry }) }, environment);
      const subject = { model, store: store.uri, at, history: at === undefined ? whole : historyAt(whole, at) };
      terminal.print(options.json ? historyJson(subject) : describeHistory(subject));
      return 0;
    });
  },
});
