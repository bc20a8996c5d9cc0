import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loadPipeline } from '../src/pipeline/load-pipeline.ts';
import { parseYaml } from '../src/pipeline/parse-yaml.ts';
import { checkDefinitionSchema } from '../src/pipeline/schema/checks.ts';
import { columnSchema } from '../src/pipeline/schema/data.ts';
import type { PipelineDefinition } from '../src/pipeline/schema/pipeline.ts';

const repository = join(import.meta.dirname, '..');

const checksFile = z.strictObject({
  'event-time': z.string(),
  key: z.array(z.string()),
  columns: z.record(z.string(), columnSchema),
  checks: z.array(checkDefinitionSchema),
});

/** A pipeline with the columns and checks of a file; everything else, which checks do not look at, is the flight-delay pipeline's. */
export async function definitionWithChecks(path: string): Promise<PipelineDefinition> {
  const own = parseYaml({ path, text: await readFile(path, 'utf8'), code: 'pipeline-invalid' }, checksFile);
  const { definition } = await loadPipeline(join(repository, 'pipelines', 'flight-delay', 'pipeline.yaml'));
  const dataset = { ...definition.data.dataset, 'event-time': own['event-time'], key: own.key };
  return { ...definition, data: { ...definition.data, dataset }, columns: own.columns, checks: own.checks };
}
