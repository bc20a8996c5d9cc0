import { loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import { applyParameters } from '../tuning/apply-parameters.ts';
import { type BestTrial, readBestTrial } from '../tuning/best-trial.ts';
import type { StepContext } from './step.ts';

/**
 * The context with the best parameters of a study in its pipeline's `training`. The pipeline's digest stays that of the file, which the gate
 * compares; with study and trial, which the candidate records, it says all that was trained with.
 * @throws UserError study-missing, study-corrupt; study-mismatch where its trials have seen rows of the test window, or its parameters do not fit
 */
export async function applyStudy<Context extends StepContext>(context: Context, study: string): Promise<{ readonly context: Context; readonly best: BestTrial }> {
  const { pipeline, store, logger } = context;
  const { test } = await loadTrainingWindow(pipeline);
  const best = await readBestTrial(store, { pipeline: pipeline.definition.name, study, unseenFrom: test.from });
  logger.info(`Training with trial ${best.number} of the study ${study}: ${JSON.stringify(best.parameters)}`);
  return { context: { ...context, pipeline: { ...pipeline, definition: applyParameters(pipeline.definition, best.parameters) } }, best };
}
