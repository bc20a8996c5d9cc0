import { UserError } from '../errors.ts';
import { trainingRules } from '../pipeline/rules/training-rules.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { isPathFault, putParameters } from './parameter-path.ts';
import type { ParameterValues } from './search-space.ts';

/**
 * The pipeline with a study's values in its `training` section, checked as if somebody had written them into the file.
 * @throws UserError study-mismatch where the file has changed so that a path or value no longer fits
 */
export function applyParameters(definition: PipelineDefinition, values: ParameterValues): PipelineDefinition {
  const training = putParameters(definition.training, values);
  if ('kind' in training && isPathFault(training)) {
    const why = training.kind === 'path' ? `there is no "${training.found}"; allowed: ${training.allowed.join(', ')}` : `allowed: ${training.allowed}`;
    throw new UserError('study-mismatch', `training.${training.path} cannot be set to ${String(values[training.path])}: ${why}`, {
      hint: 'The pipeline file has changed since the study was made. Run a new study, under another name.',
    });
  }
  const applied = { ...definition, training };
  // What training must keep towards the other sections is asked again: a value may break it.
  trainingRules(applied, (path, message) => {
    throw new UserError('study-mismatch', `the values of the study do not fit the pipeline: ${path.join('.')}: ${message}`, {
      hint: 'The pipeline file has changed since the study was made. Run a new study, under another name.',
    });
  });
  return applied;
}
