import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Json } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { parseYaml } from './parse-yaml.ts';
import { applyPreset, type Preset, presetSchemaFor } from './preset.ts';
import { type PipelineDefinition, pipelineSchema } from './schema/pipeline.ts';
import { type TrainingWindow, trainingWindowSchema } from './training-window.ts';

export interface LoadedPipeline {
  readonly definition: PipelineDefinition;
  /** The preset that is applied to it. */
  readonly preset?: string;
  /** Of the definition as it is used and the dataset query, comments and the training window aside. */
  readonly digest: Digest;
  /** The folder of pipeline.yaml, absolute. */
  readonly folder: string;
  /** The text of the SQL file that defines the dataset. */
  readonly datasetQuery: string;
}

/**
 * @param options.preset a file of `presets/` beside pipeline.yaml, without its ending: its settings in place of the pipeline's
 * @throws UserError pipeline-missing, pipeline-invalid
 */
export async function loadPipeline(path: string, options: { readonly preset?: string } = {}): Promise<LoadedPipeline> {
  const { preset } = options;
  const text = await readText(path, 'Pass the path of a pipeline.yaml, relative to the repository root.');
  const written = parseYaml({ path, text, code: 'pipeline-invalid' }, pipelineSchema);
  const folder = dirname(path);
  const definition = preset === undefined ? written : applyPreset(written, await readPreset(join(folder, 'presets'), preset, written));
  const datasetQuery = await readText(join(folder, definition.data.dataset.query), 'data.dataset.query must name a file next to pipeline.yaml.');
  const digest = digestOf(canonicalJson({ definition: JSON.parse(JSON.stringify(definition)) as Json, datasetQuery }));
  return { definition, digest, folder, datasetQuery, ...(preset === undefined ? {} : { preset }) };
}

/** @throws UserError pipeline-missing, pipeline-invalid */
export async function loadTrainingWindow(pipeline: LoadedPipeline): Promise<TrainingWindow> {
  const path = join(pipeline.folder, pipeline.definition.training.window);
  const text = await readText(path, 'training.window must name a file next to pipeline.yaml.');
  return parseYaml({ path, text, code: 'pipeline-invalid' }, trainingWindowSchema);
}

async function readPreset(folder: string, name: string, definition: PipelineDefinition): Promise<Preset> {
  const known = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length)).sort();
  if (!known.includes(name)) {
    throw new UserError('pipeline-missing', `There is no preset "${name}" in ${folder}; ${known.length === 0 ? 'there is none at all' : `allowed: ${known.join(', ')}`}.`, { hint: 'Name a preset that is there, or none.' });
  }
  const path = join(folder, `${name}.yaml`);
  return parseYaml({ path, text: await readText(path, 'A preset is a file.'), code: 'pipeline-invalid' }, presetSchemaFor(definition));
}

async function readText(path: string, hint: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UserError('pipeline-missing', `cannot read ${path}: ${reasonOf(cause)}`, { hint, cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'this user may not read it';
  return cause instanceof Error ? cause.message : String(cause);
}
