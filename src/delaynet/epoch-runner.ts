import { setImmediate } from 'node:timers/promises';
import type { EncodedRows } from '../features/encode-table.ts';
import type { GraphSession, GraphTensor, TrainingEngine } from '../ports/training-engine.ts';
import { createRandom, type Random } from '../statistics/random.ts';
import { dropoutOffsets, dropoutPool, dropoutPoolRows } from './dropout-pool.ts';
import { compileEpochGraph, dropoutLayers } from './epoch-graph.ts';
import { encodedInputs } from './logit-scorer.ts';
import type { OptimizerState } from './training-state.ts';
import type { TrainingGraphPlan } from './training-step.ts';

/** Steps in one run: a run blocks the event loop, so a whole epoch of a large data set must not be one. */
const stepsPerRun = 64;

export interface EpochRunnerOptions {
  readonly plan: TrainingGraphPlan;
  readonly rows: EncodedRows;
  /** 0/1, row-major [rows, cuts]. */
  readonly targets: Float32Array;
  readonly batchSize: number;
  readonly seed: number;
  readonly engine: TrainingEngine;
}

export interface EpochRunner {
  /** One pass over the rows in an order that only the seed and the epoch's number decide. */
  run(state: OptimizerState, epoch: number, learningRate: number): Promise<{ state: OptimizerState; loss: number }>;
  release(): Promise<void>;
}

const vector = (data: Float32Array): GraphTensor => ({ type: 'float32', dims: [data.length], data });
const scalar = (value: number): GraphTensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });

function floats(outputs: Readonly<Record<string, GraphTensor>>, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'float32') throw new Error(`the epoch graph gave no ${name}`);
  return tensor.data;
}

/** A pool of masks for each dropout layer; the same for the whole epoch. */
function epochPools(options: EpochRunnerOptions, random: Random): Record<string, GraphTensor> {
  const rows = dropoutPoolRows(options.batchSize);
  return Object.fromEntries(
    dropoutLayers(options.plan).map(({ name, layer, inputs }) => {
      const rate = layer.type === 'dropout' ? layer.rate : 0;
      return [`mask.${name}`, { type: 'float32', dims: [rows, inputs], data: dropoutPool({ rows, width: inputs }, rate, random.fork(name)) }];
    }),
  );
}

/** Runs of equal batches: full ones, at most `stepsPerRun` together, then the last partial one by itself. */
function* plannedRuns(rows: number, batchSize: number): Generator<{ start: number; steps: number; size: number }> {
  const full = Math.floor(rows / batchSize);
  for (let step = 0; step < full; step += stepsPerRun) yield { start: step * batchSize, steps: Math.min(stepsPerRun, full - step), size: batchSize };
  if (full * batchSize < rows) yield { start: full * batchSize, steps: 1, size: rows - full * batchSize };
}

/** Opens the training graph over rows that stay in place for the whole training. */
export async function openEpochRunner(options: EpochRunnerOptions): Promise<EpochRunner> {
  const { plan, rows, targets, batchSize, engine } = options;
  const session: GraphSession = await engine.openSession(compileEpochGraph(plan));
  const cuts = targets.length / rows.rows;
  const data: Record<string, GraphTensor> = { ...encodedInputs(rows, { start: 0, end: rows.rows }), targets: { type: 'float32', dims: [rows.rows, cuts], data: targets } };
  const layers = dropoutLayers(plan).length;
  return {
    async run(start, epoch, learningRate) {
      const random = createRandom(`${options.seed}/epoch/${epoch}`);
      const order = random.fork('order').shuffle(Int32Array.from({ length: rows.rows }, (_, row) => row));
      const pools = epochPools(options, random);
      const offsetRandom = random.fork('offsets');
      let state = start;
      let lossSum = 0;
      for (const { start: first, steps, size } of plannedRuns(rows.rows, batchSize)) {
        const feeds: Record<string, GraphTensor> = {
          ...data,
          ...pools,
          weights: vector(state.weights),
          average: vector(state.average),
          first: vector(state.first),
          second: vector(state.second),
          step: scalar(state.step),
          learningRate: scalar(learningRate),
          batches: { type: 'int32', dims: [steps, size], data: order.subarray(first, first + steps * size) },
        };
        if (layers > 0) feeds['offsets'] = { type: 'int64', dims: [steps, layers], data: dropoutOffsets({ steps, layers }, offsetRandom) };
        const outputs = await session.run(feeds);
        state = { weights: floats(outputs, 'next.weights'), average: floats(outputs, 'next.average'), first: floats(outputs, 'next.first'), second: floats(outputs, 'next.second'), step: state.step + steps };
        for (const loss of floats(outputs, 'losses')) lossSum += loss * size;
        await setImmediate();
      }
      return { state, loss: lossSum / rows.rows };
    },
    release: () => session.release(),
  };
}
