import { join } from 'node:path';
import { fitDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { fitLogisticRegression } from '../../src/delaynet/logistic-regression.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { baselineAnswers } from '../../src/gate/baselines.ts';
import { thresholdForRecall } from '../../src/metrics/threshold-for-recall.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { BenchModel } from './judge-models.ts';
import type { ModelRows } from './model-rows.ts';

/** The network of the pipeline file, or of one of its presets, learned from January to April and stopped by May. */
export async function fitNetwork(rows: ModelRows, options: { readonly name: string; readonly seed: number; readonly preset?: string; readonly epochs?: number; readonly openTest: boolean }): Promise<BenchModel> {
  const { engine, fit, calibrate, test } = rows;
  const { features, training } = await definitionOf(rows, options.preset);
  const before = process.cpuUsage();
  const fitted = await fitDelayNet({
    features,
    training: { ...training, seed: options.seed, ...(options.epochs === undefined ? {} : { 'maximum-epochs': options.epochs }) },
    fit,
    calibrate,
    engine,
    label: rows.pipeline.definition.data.label.column,
    logger: silentLogger,
    chooseThreshold: (scored) => thresholdForRecall(scored, training.threshold.target).threshold,
  });
  const { user, system } = process.cpuUsage(before);
  console.log(`${options.name}: ${fitted.parameters} parameters, best of ${fitted.history.length} epochs is ${fitted.bestEpoch}, ${((user + system) / 1e6).toFixed(1)} s CPU`);
  return { name: options.name, calibrate: fitted.calibrationScores, test: options.openTest ? await scoreTable(fitted.model, test, engine) : undefined };
}

/** The baselines that the pipeline names: the one-column rule, and the network without hidden layers. */
export async function fitSimpleModels(rows: ModelRows, { openTest }: { readonly openTest: boolean }): Promise<BenchModel[]> {
  const { engine, fit, calibrate, test } = rows;
  const { features, training, data } = rows.pipeline.definition;
  const models: BenchModel[] = [];
  for (const baseline of training.baselines) {
    const model =
      baseline.type === 'logistic-regression'
        ? await fitLogisticRegression({ features, training, fit, calibrate, engine, label: data.label.column, logger: silentLogger, chooseThreshold: (scored) => thresholdForRecall(scored, training.threshold.target).threshold })
        : undefined;
    const may = await baselineAnswers(baseline, calibrate, { model, engine });
    if (may === undefined) continue;
    const later = openTest ? await baselineAnswers(baseline, test, { model, engine }) : undefined;
    const threshold = baseline.type === 'rule' && typeof may.threshold === 'number' ? { threshold: may.threshold } : {};
    models.push({ name: may.title, calibrate: Float64Array.from(may.scores), test: later === undefined ? undefined : Float64Array.from(later.scores), ...threshold });
  }
  return models;
}

async function definitionOf({ pipeline }: ModelRows, preset: string | undefined): Promise<ModelRows['pipeline']['definition']> {
  return preset === undefined ? pipeline.definition : (await loadPipeline(join(pipeline.folder, 'pipeline.yaml'), { preset })).definition;
}
