import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { type Digest, isDigest } from '../../src/artifacts/digest.ts';
import { readParquet } from '../../src/data/read-parquet.ts';
import { fitDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { serializeTrainingState } from '../../src/delaynet/training-state.ts';
import { thresholdForRecall } from '../../src/metrics/threshold-for-recall.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import { readTrainingRows } from '../../src/steps/read-training-rows.ts';
import { benchContext } from '../year-dataset.ts';

/** One training of the year: `node measure-training.ts <store> <dataset> <threads> <file for the weights> [quick]`, one line of JSON. */
export interface YearTraining {
  /** To learn from. */
  readonly rows: number;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly calibrationLoss: number;
  /** Its patience ended it, not the number of epochs. */
  readonly converged: boolean;
  /** Of the whole process, from its start. */
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly residentGigabytes: number;
  /** CPU of making and storing a checkpoint after every epoch. */
  readonly checkpointSeconds: number;
}

/** All but December, which says when to stop. */
const window = { fit: { from: '2013-01-01', to: '2013-12-01' }, calibrate: { from: '2013-12-01', to: '2014-01-01' }, test: { from: '2014-01-01', to: '2014-01-02' } };
/** More than it ever takes. */
const enoughEpochs = 200;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measure(options: { store: string; dataset: Digest; threads: number; weights: string; epochs: number }): Promise<YearTraining> {
  const folder = await mkdtemp(join(tmpdir(), 'measure-training-'));
  try {
    const context = await benchContext(options.store, folder);
    const { features, training, data } = context.pipeline.definition;
    const rows = await readTrainingRows({ dataset: options.dataset, window }, { ...context, readRows: (paths, request) => readParquet(context.native, paths, request) });
    const checkpoints = new FileArtifactStore(join(folder, 'checkpoints'));
    let tag: string | null = null;
    let checkpointSeconds = 0;
    const fitted = await fitDelayNet({
      ...rows,
      features,
      training: { ...training, 'maximum-epochs': options.epochs },
      label: data.label.column,
      engine: createOnnxRuntimeEngine(context.native, { logger: silentLogger, threads: options.threads }),
      logger: silentLogger,
      chooseThreshold: (scored) => thresholdForRecall(scored, training.threshold.target).threshold,
      onCheckpoint: async (state) => {
        const before = cpuSeconds();
        tag = (await checkpoints.replace('checkpoints/bench.bin', serializeTrainingState(state), tag)) ?? null;
        checkpointSeconds += cpuSeconds() - before;
      },
    });
    await writeFile(options.weights, fitted.state.best.weights);
    return {
      rows: rows.fit.rows,
      epochs: fitted.history.length,
      bestEpoch: fitted.bestEpoch,
      calibrationLoss: fitted.history[fitted.bestEpoch - 1]?.calibrationLoss ?? Number.NaN,
      converged: fitted.history.length - fitted.bestEpoch >= training.patience,
      cpuSeconds: cpuSeconds(),
      seconds: performance.now() / 1000,
      residentGigabytes: process.resourceUsage().maxRSS / 2 ** 20,
      checkpointSeconds,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [store = '', dataset = '', threads = '1', weights = '', quick] = process.argv.slice(2);
if (!isDigest(dataset)) throw new Error(`${dataset} is no digest`);
console.log(JSON.stringify(await measure({ store, dataset, threads: Number(threads), weights, epochs: quick === undefined ? enoughEpochs : 2 })));
