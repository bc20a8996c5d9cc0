import { assertNever, UserError } from '../errors.ts';
import type { Table } from '../data/table.ts';
import { openLogitScorer } from '../delaynet/logit-scorer.ts';
import { planNetwork } from '../delaynet/network-plan.ts';
import { type PreparedRows, prepareRows } from '../delaynet/prepare-rows.ts';
import { trainDelayNet } from '../delaynet/train-delaynet.ts';
import type { EpochRecord } from '../delaynet/training-state.ts';
import type { Training } from '../delaynet/training-schema.ts';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import { prAuc } from '../metrics/pr-auc.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { Logger } from '../ports/logger.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { applyParameters } from './apply-parameters.ts';
import type { TrialObjective } from './run-study.ts';
import type { TuningObjective } from './seen-trials.ts';

export interface DelayNetObjectiveOptions {
  readonly definition: PipelineDefinition;
  readonly fit: Table;
  /** All that a trial is judged on. */
  readonly calibrate: Table;
  readonly objective: TuningObjective;
  readonly engine: TrainingEngine;
  readonly logger: Logger;
}

/** Trains DelayNet with a trial's parameters and measures it on the calibration rows after every epoch. The rows are encoded once for all trials that read them alike. */
export function delayNetObjective(options: DelayNetObjectiveOptions): TrialObjective {
  const { definition, fit, calibrate, engine, logger, objective } = options;
  const rows = { fit, calibrate, features: definition.features, label: definition.data.label.column, engine };
  let encoded: { readonly readAs: string; readonly prepared: PreparedRows } | undefined;
  const prepare = async (training: Training): Promise<PreparedRows> => {
    // All of `training` that prepareRows looks at; the seed draws which categories are hidden.
    const readAs = JSON.stringify([training.network.head, training['category-dropout'], training.seed]);
    if (encoded?.readAs !== readAs) encoded = { readAs, prepared: await prepareRows({ ...rows, training }) };
    return encoded.prepared;
  };
  return async (parameters, run) => {
    const { training } = applyParameters(definition, parameters);
    const prepared = await prepare(training);
    const scorer = await openCalibrationScorer(options, { training, prepared });
    const values: number[] = [];
    let average: Float32Array | undefined;
    try {
      const { progress } = await trainDelayNet({
        ...rows,
        training,
        prepared,
        logger,
        onCheckpoint: (state) => void (average = state.optimizer.average),
        shouldStop: async (history) => {
          const value = await measure(history, average);
          values.push(value);
          return (await run.report(history.length, value)) === 'stop';
        },
      });
      return { value: values[progress.best.epoch - 1] ?? Number.NaN, epochs: values.length };
    } catch (cause) {
      // Parameters that training cannot bear are an answer about them, not a mistake.
      if (cause instanceof UserError && cause.code === 'training-diverged') return { value: Number.NaN, epochs: values.length };
      throw cause;
    } finally {
      await scorer?.release();
    }

    async function measure(history: readonly EpochRecord[], weights: Float32Array | undefined): Promise<number> {
      if (objective === 'log-loss') return history.at(-1)?.calibrationLoss ?? Number.NaN;
      if (scorer === undefined || weights === undefined) throw new Error('an epoch ended without weights');
      const scored = { labels: prepared.calibrateLabels, scores: Float64Array.from(await scorer.score(weights, prepared.calibrate)) };
      switch (objective) {
        case 'roc-auc':
          return rocAuc(scored);
        case 'pr-auc':
          return prAuc(scored);
        default:
          return assertNever(objective);
      }
    }
  };
}

/** Log-loss is what training measures itself. */
async function openCalibrationScorer({ definition, engine, objective }: DelayNetObjectiveOptions, { training, prepared }: { readonly training: Training; readonly prepared: PreparedRows }) {
  if (objective === 'log-loss') return undefined;
  const { names, embedded } = compileFeatureGraph(definition.features, prepared.fitted);
  return openLogitScorer(planNetwork(training.network, { denseWidth: names.length, embeddings: embedded }), engine);
}
