import { resolve } from 'node:path';
import { z } from 'zod';
import { optionalMoment, optionalText } from '../src/action/inputs/fields.ts';

/** Options that several commands have. */

export const pipelineOption = z.string().default('pipelines/flight-delay/pipeline.yaml').describe('Path of pipeline.yaml');

export const optionalPipeline = optionalText('Path of pipeline.yaml: its roles, units and label are taken over');

export const storeOption = optionalText('Where artefacts are kept: file:///… or s3://bucket/prefix; default: the store of --environment');

export const environmentOption = optionalText('Name of an environment of pipeline.yaml');

export const asOfOption = optionalMoment('The moment to judge from, ISO 8601; default: now');

export function flagOption(description: string) {
  return z.boolean().default(false).describe(description).meta({ flag: true });
}

export function outputOption(standard: string) {
  return z.string().min(1).default(standard).describe('The file that is written');
}

/** npm starts scripts in the package's folder; INIT_CWD is where the person stands. */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
