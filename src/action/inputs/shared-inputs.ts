import { z } from 'zod';
import { flag, optionalMoment, optionalText, optionalUrl } from './fields.ts';

/** The inputs of every action. */
export const sharedInputs = z.object({
  pipeline: z.string().default('pipelines/flight-delay/pipeline.yaml').describe('Path of pipeline.yaml, relative to the repository'),
  preset: optionalText('Name of a preset, a file of presets/ beside pipeline.yaml: its settings replace those of the pipeline'),
  environment: optionalText('Name of the environment, as in `environments` of pipeline.yaml'),
  store: optionalText('Where artefacts are kept: file:///… or s3://bucket/prefix; default: `store` of the environment'),
  'as-of': optionalMoment('The moment to judge from, ISO 8601; default: now'),
  'verdict-path': optionalText('Where verdict.json is written; default: .taxiway/verdicts/<step>.json'),
});

/** Where the engines of a `local` environment are. */
export const localEngineInputs = z.object({
  'git-remote': optionalText('Environment of type local: path of the bare git repository'),
  'cluster-endpoint': optionalUrl('Environment of type local: URL of the embedded cluster'),
  'image-layout': optionalText('Environment of type local: folder of the OCI image layout'),
});

export const dryRunInput = z.object({ 'dry-run': flag('Decide and report, but change nothing: true or false') });

export type SharedInputs = z.output<typeof sharedInputs>;
export type LocalEngineInputs = z.output<typeof localEngineInputs>;
