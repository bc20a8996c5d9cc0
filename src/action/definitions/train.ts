import { z } from 'zod';
import { studyName, studyNameRule } from '../../pipeline/schema/tuning.ts';
import { defineAction } from '../action-definition.ts';
import { choice, digest, optionalDigest, optionalPositiveInteger } from '../inputs/fields.ts';
import { sharedInputs } from '../inputs/shared-inputs.ts';

function isShard(text: string): boolean {
  const [, number, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  return number !== undefined && Number(number) <= Number(of);
}

/** Which mode reads an input that the other would ignore, and the value that says nothing. */
const inputsOfMode = {
  'warm-start': { mode: 'train', silent: undefined },
  champion: { mode: 'train', silent: 'live' },
  trials: { mode: 'trial', silent: undefined },
  minutes: { mode: 'trial', silent: undefined },
  shard: { mode: 'trial', silent: '1/1' },
} as const;

type InputOfMode = keyof typeof inputsOfMode;

function demandInputsOfMode(inputs: Readonly<Partial<Record<InputOfMode | 'mode', unknown>>>, context: Pick<z.RefinementCtx, 'addIssue'>): void {
  for (const name of Object.keys(inputsOfMode) as InputOfMode[]) {
    const { mode, silent } = inputsOfMode[name];
    if (inputs.mode !== mode && inputs[name] !== silent) context.addIssue({ code: 'custom', path: [name], message: `${name} belongs to mode: ${mode}` });
  }
}

export const trainDefinition = defineAction({
  step: 'train',
  description: 'Trains a candidate on the training window: one ONNX graph from raw columns to calibrated probability. Or, with mode: trial, runs trials of a tuning study.',
  inputs: z
    .object({
      ...sharedInputs.shape,
      dataset: digest('Digest of the clean snapshot, as validate-data put it out'),
      'warm-start': optionalDigest('Digest of a candidate whose weights to start from; default: fresh weights'),
      champion: choice(['live', 'none'], 'live', 'Choose the threshold for the gains the gate asks over the live version, or for none: live or none'),
      mode: choice(['train', 'trial'], 'train', 'train: a candidate; trial: search the parameters that `tuning` of the pipeline names'),
      study: z.string().regex(studyName, studyNameRule).optional().describe('Mode train: the study whose best parameters to train with. Mode trial: the study to begin or to join; default: one named by its data and search space'),
      trials: optionalPositiveInteger('Mode trial: trials of the whole study, over all shards; default: as the pipeline says'),
      minutes: optionalPositiveInteger('Mode trial: begin no trial after so many minutes; default: as the pipeline says'),
      shard: z
        .string()
        .default('1/1')
        .refine(isShard, 'write the number of the worker and how many there are, e.g. 2/4')
        .describe('Mode trial: which of the workers of the study this is, e.g. 2/4; two of one run (of one machine, outside a workflow) that work at once need two numbers'),
    })
    .superRefine(demandInputsOfMode),
  outputs: {
    candidate: 'Digest of the candidate (mode train)',
    model: 'SHA-256 of model.onnx (mode train)',
    study: 'Name of the study',
    'best-trial': 'Number of the study’s best trial so far, or of the one that was trained with',
    'best-value': 'What the best trial reached on the calibration rows (mode trial)',
    'best-parameters': 'Parameters of that trial, as JSON by path below `training`',
  },
  native: ['@duckdb/node-api', 'onnxruntime-node'],
});
