import type { FitDelayNetOptions } from '../delaynet/fit-delaynet.ts';
import { fitLogisticRegression } from '../delaynet/logistic-regression.ts';
import type { BaselineFigures } from '../delaynet/training-checks.ts';
import { numberColumn } from '../features/column-values.ts';
import { baselineAnswers, baselineFile } from '../gate/baselines.ts';
import { classificationMetrics } from '../metrics/classification-metrics.ts';
import { logLoss } from '../metrics/log-loss.ts';
import { utcDays } from '../statistics/day-index.ts';
import type { StepContext } from './step.ts';

export interface FittedBaselines {
  /** Model files by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly figures: readonly BaselineFigures[];
}

/** The simpler models that the pipeline names, fitted on the same rows and measured on the same calibration rows. A rule needs no fitting. */
export async function fitBaselines(options: FitDelayNetOptions, { pipeline }: Pick<StepContext, 'pipeline'>): Promise<FittedBaselines> {
  const { training, data } = pipeline.definition;
  const { calibrate, engine } = options;
  const labels = numberColumn(calibrate, data.label.column);
  const days = utcDays(numberColumn(calibrate, data.dataset['event-time']));
  const files: Record<string, Uint8Array> = {};
  const figures: BaselineFigures[] = [];
  for (const baseline of training.baselines) {
    const model = baseline.type === 'logistic-regression' ? await fitLogisticRegression(options) : undefined;
    if (model !== undefined) files[baselineFile(baseline)] = model;
    const answers = await baselineAnswers(baseline, calibrate, { model, engine });
    if (answers === undefined) continue;
    const { name, title, scores, threshold, probabilities } = answers;
    const metrics = classificationMetrics({ labels, scores, threshold, days, seed: `train/${training.seed}`, replicates: 500 });
    figures.push({ name, title, logLoss: probabilities ? logLoss({ labels, scores }) : null, metrics });
  }
  return { files, figures };
}
