import { openEpochRunner } from '../../src/delaynet/epoch-runner.ts';
import { fitDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { initializeParameters } from '../../src/delaynet/initialize-parameters.ts';
import { lossWeights } from '../../src/delaynet/loss.ts';
import { planNetwork } from '../../src/delaynet/network-plan.ts';
import { parameterLayout } from '../../src/delaynet/parameter-layout.ts';
import { type PreparedRows, prepareRows } from '../../src/delaynet/prepare-rows.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { trainingTargets } from '../../src/delaynet/training-rows.ts';
import type { Training } from '../../src/delaynet/training-schema.ts';
import type { Table } from '../../src/data/table.ts';
import { compileFeatureGraph } from '../../src/features/feature-graph.ts';
import { rocAuc } from '../../src/metrics/roc-auc.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { features } from './flight-rows.ts';

export interface FlightCase {
  readonly training: Training;
  readonly fit: Table;
  readonly calibrate: Table;
}

export interface EngineRun {
  readonly engine: string;
  readonly description: string;
  /** CPU milliseconds of all threads for a step at the pipeline's batch size. */
  readonly cpuPerStep: number;
  readonly loss: number;
  readonly auc: number;
  readonly weights: Float32Array;
  /** Largest difference between the scores that this engine and `judge` give the exported model. */
  readonly scoreDifference: number;
}

const label = 'delayed';

/** One warm epoch, timed by the CPU rather than the clock: other work on the machine must not count. */
async function cpuPerStep(engine: TrainingEngine, { training, fit }: FlightCase, prepared: PreparedRows): Promise<number> {
  const { names, embedded } = compileFeatureGraph(features, prepared.fitted);
  const network = planNetwork(training.network, { denseWidth: names.length, embeddings: embedded });
  const layout = parameterLayout(network);
  const weights = initializeParameters(layout, training.seed);
  const plan = { network, loss: lossWeights(training.loss, 0.3), optimizer: training.optimizer, averaging: training.averaging };
  const runner = await openEpochRunner({ plan, rows: prepared.fit, targets: trainingTargets(fit, prepared.labels, training.network.head), batchSize: training['batch-size'], seed: training.seed, engine });
  const start = { weights, average: weights, first: new Float32Array(layout.trainable), second: new Float32Array(layout.trainable), step: 0 };
  const { state } = await runner.run(start, 1, training.optimizer['learning-rate']);
  const before = process.cpuUsage();
  await runner.run(state, 2, training.optimizer['learning-rate']);
  const { user, system } = process.cpuUsage(before);
  await runner.release();
  return (user + system) / 1000 / Math.ceil(fit.rows / training['batch-size']);
}

/** A short training with one engine; its exported model is scored by that engine and by `judge`. */
export async function trainFlights(engine: TrainingEngine, flights: FlightCase, judge: TrainingEngine): Promise<EngineRun> {
  const options = { features, ...flights, label, engine, logger: silentLogger, chooseThreshold: () => 0.5 };
  const prepared = await prepareRows(options);
  const fitted = await fitDelayNet({ ...options, prepared });
  const judged = await scoreTable(fitted.model, flights.calibrate, judge);
  return {
    engine: engine.name,
    description: engine.description,
    cpuPerStep: await cpuPerStep(engine, flights, prepared),
    loss: fitted.history.at(-1)?.calibrationLoss ?? NaN,
    auc: rocAuc({ labels: prepared.calibrateLabels, scores: judged }),
    weights: fitted.state.best.weights,
    scoreDifference: fitted.calibrationScores.reduce((most, score, row) => Math.max(most, Math.abs(score - (judged[row] ?? NaN))), 0),
  };
}
