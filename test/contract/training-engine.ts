import { beforeAll, describe, expect, it } from 'vitest';
import { fitDelayNet, type FitDelayNetOptions, type FittedDelayNet } from '../../src/delaynet/fit-delaynet.ts';
import { initializeParameters } from '../../src/delaynet/initialize-parameters.ts';
import { parameterLayout } from '../../src/delaynet/parameter-layout.ts';
import { scoreTable } from '../../src/delaynet/score-table.ts';
import { trainingSchema } from '../../src/delaynet/training-schema.ts';
import { parseTrainingState, serializeTrainingState } from '../../src/delaynet/training-state.ts';
import { encodeTable } from '../../src/features/encode-table.ts';
import { featuresSchema } from '../../src/features/features-schema.ts';
import { fitFeatures } from '../../src/features/fit-features.ts';
import { rocAuc } from '../../src/metrics/roc-auc.ts';
import { float, integer, strings, integers, subgraph } from '../../src/onnx/attribute-proto.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { mlDomain } from '../../src/onnx/model-proto.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { GraphTensor, GraphTensors, TrainingEngine } from '../../src/ports/training-engine.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { everyTransform, everyTransformTable } from '../builders/every-transform.ts';
import { evaluateGradient, finiteDifference, gradientModel, gradientPlan } from '../builders/gradient-model.ts';
import { miniatureFlights } from '../builders/miniature-flights.ts';
import { onnxRuntimeEngine } from '../builders/onnxruntime-engine.ts';

export interface TrainingEngineUnderTest {
  open(): Promise<TrainingEngine>;
  /** Tensors that the engine's library holds, where it counts them. */
  held?(): number;
}

const features = featuresSchema.parse([
  { transform: 'quantile-normal', columns: ['departure_delay', 'wind'] },
  { transform: 'min-max', columns: ['departure_delay'] },
  { transform: 'cyclical-time', columns: ['wind'], period: 24 },
  { transform: 'one-hot', columns: ['carrier'], 'minimum-count': 10 },
  { transform: 'target-encoding', columns: ['carrier'], smoothing: 20 },
  { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 10 },
]);

const training = trainingSchema.parse({
  window: 'w.yaml',
  engine: 'auto',
  seed: 7,
  network: {
    layers: [{ type: 'dropout', rate: 0.1 }, { type: 'dense', units: 16 }, { type: 'batch-norm' }, { type: 'dense', units: 8, activation: 'tanh' }],
    head: { type: 'delay', observed: 'departure_delay', target: 'arrival_delay', cut: 15, 'auxiliary-cuts': [0, 30] },
  },
  loss: { type: 'cross-entropy', 'class-weights': 'balanced' },
  optimizer: { type: 'adamw', 'learning-rate': 0.005, 'weight-decay': 0.01 },
  averaging: { type: 'exponential', decay: 0.99 },
  'batch-size': 64,
  'maximum-epochs': 3,
  patience: 3,
  threshold: { policy: 'recall', target: 0.83 },
});

const rows = { fit: miniatureFlights(1500, 'fit'), calibrate: miniatureFlights(700, 'calibrate') };
const labels = rows.calibrate.numbers.get('delayed') ?? new Float64Array();
const fitWith = (engine: TrainingEngine, more: Partial<FitDelayNetOptions> = {}): Promise<FittedDelayNet> =>
  fitDelayNet({ features, training, ...rows, label: 'delayed', engine, logger: silentLogger, chooseThreshold: () => 0.5, ...more });

function numbersOf(tensor: GraphTensor | undefined): number[] {
  if (tensor === undefined || tensor.type === 'string') throw new Error('numbers expected');
  return Array.from<number | bigint, number>(tensor.data, Number);
}

async function runOnce(engine: TrainingEngine, model: Uint8Array, feeds: GraphTensors): Promise<GraphTensors> {
  const session = await engine.openSession(model);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

const floats = (dims: readonly number[], ...data: number[]): GraphTensor => ({ type: 'float32', dims, data: Float32Array.from(data) });

/** Ids, gathered vectors and a shape of a few texts. */
function textModel(): Uint8Array {
  const graph = new GraphBuilder();
  const text = graph.input('cat', 'string', ['rows', 2]);
  const second = graph.apply('Gather', [text, graph.integers([1])], { shape: ['rows', 1], attributes: { axis: integer(1) } });
  const ids = graph.apply('LabelEncoder', [second], { shape: ['rows', 1], type: 'int64', domain: mlDomain, attributes: { keys_strings: strings(['JFK', 'Ürümqi']), values_int64s: integers([1, 2]), default_int64: integer(0) } });
  const flat = graph.apply('Squeeze', [ids, graph.integers([1])], { shape: ['rows'] });
  const table = graph.constant({ type: 'float', shape: [3, 2], data: [0, 0.5, 1, 1.5, 2, 2.5] });
  graph.output(graph.apply('Gather', [table, flat], { shape: ['rows', 2], attributes: { axis: integer(0) } }), 'vectors');
  graph.output(ids, 'ids');
  return graph.model('texts');
}

/** x ← x/2 + row, step by step: a Scan that also gives each step's sum. */
function scanModel(): Uint8Array {
  const graph = new GraphBuilder();
  const start = graph.input('start', 'float', [2]);
  const table = graph.input('table', 'float', ['n', 2]);
  const order = graph.input('order', 'int32', ['steps', 1]);
  const body = new GraphBuilder('step.');
  const state = body.input('step.x', 'float', [2]);
  const at = body.input('step.at', 'int32', [1]);
  const row = body.apply('Reshape', [body.apply('Gather', [table, at], { shape: [1, 2], attributes: { axis: integer(0) } }), body.integers([-1])], { shape: [2] });
  const next = body.apply('Add', [body.apply('Mul', [state, body.scalar(0.5)], { shape: [2] }), row], { shape: [2] });
  body.output(next, 'step.next');
  body.output(body.apply('ReduceSum', [next], { shape: [], attributes: { keepdims: integer(0) } }), 'step.sum');
  const outputs = [
    { name: 'last', type: 'float', shape: [2] },
    { name: 'sums', type: 'float', shape: ['steps'] },
  ] as const;
  graph.applyNamed('Scan', [start, order], { outputs, attributes: { body: subgraph(body.graph('step')), num_scan_inputs: integer(1) } });
  for (const output of outputs) graph.output(output, `${output.name}.out`);
  return graph.model('scan');
}

/** Values that are missing, infinite or on an edge. */
function edgeModel(): Uint8Array {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float', ['n']);
  const missing = graph.apply('IsNaN', [x], { shape: ['n'], type: 'bool' });
  const filled = graph.apply('Where', [missing, graph.scalar(7), x], { shape: ['n'], type: 'float' });
  graph.output(graph.apply('Clip', [filled, graph.scalar(-100), graph.scalar(100)], { shape: ['n'] }), 'clipped');
  graph.output(graph.apply('HardSigmoid', [graph.apply('Relu', [filled], { shape: ['n'] })], { shape: ['n'], attributes: { alpha: float(3e38), beta: float(0) } }), 'positive');
  graph.output(graph.apply('Softplus', [filled], { shape: ['n'] }), 'softplus');
  return graph.model('edges');
}

/** What every training engine promises: the same graphs, the same results, nothing left behind. */
export function trainingEngineContract(name: string, subject: TrainingEngineUnderTest): void {
  describe(`training engine contract: ${name}`, () => {
    let engine: TrainingEngine;
    let fitted: FittedDelayNet;
    let reference: FittedDelayNet;
    /** After a first training: a library may keep some tensors of its own. */
    let held: number | undefined;
    const peer = onnxRuntimeEngine();

    beforeAll(async () => {
      engine = await subject.open();
      fitted = await fitWith(engine);
      held = subject.held?.();
      reference = await fitWith(peer);
    }, 120_000);

    it('says what it is', () => {
      expect(engine.name).not.toBe('');
      expect(engine.description).toMatch(/\d+\.\d+\.\d+/);
    });

    it('reads texts, known, unknown, empty and beyond ASCII', async () => {
      const { ids, vectors } = await runOnce(engine, textModel(), { cat: { type: 'string', dims: [4, 2], data: ['a', 'JFK', 'JFK', 'Ürümqi', 'b', '', 'c', 'LGA'] } });
      expect(ids).toEqual({ type: 'int64', dims: [4, 1], data: BigInt64Array.of(1n, 2n, 0n, 0n) });
      expect(vectors).toEqual(floats([4, 2], 1, 1.5, 2, 2.5, 0, 0.5, 0, 0.5));
    });

    it('takes a text input of no columns, as a pipeline of only numbers has', async () => {
      const numeric = featuresSchema.parse([{ transform: 'numeric', columns: ['departure_delay'] }]);
      const encoded = async (by: TrainingEngine) => (await encodeTable(rows.calibrate, { features: numeric, fitted: fitFeatures(numeric, { table: rows.fit, labels: rows.fit.numbers.get('delayed') ?? new Float64Array() }) }, by)).dense;
      const [here, there] = [await encoded(engine), await encoded(peer)];
      expect(here).toHaveLength(rows.calibrate.rows);
      expect(Math.max(...here.map((value, row) => Math.abs(value - (there[row] ?? NaN))))).toBeLessThan(1e-5);
    });

    it('loops over the steps of a Scan with its state and outputs', async () => {
      const feeds: GraphTensors = { start: floats([2], 2, 4), table: floats([3, 2], 1, 2, 3, 4, 5, 6), order: { type: 'int32', dims: [3, 1], data: Int32Array.of(2, 0, 1) } };
      const outputs = await runOnce(engine, scanModel(), feeds);
      expect(numbersOf(outputs['last.out'])).toEqual([5, 7]);
      expect(numbersOf(outputs['sums.out'])).toEqual([14, 10, 12]);
    });

    it('treats missing and infinite numbers and zero as ONNX Runtime does', async () => {
      const outputs = await runOnce(engine, edgeModel(), { x: floats([6], NaN, Infinity, -Infinity, 0, 1e-30, -3) });
      expect(numbersOf(outputs['clipped'])).toEqual([7, 100, -100, 0, Math.fround(1e-30), -3]);
      expect(numbersOf(outputs['positive'])).toEqual([1, 1, 0, 0, 1, 0]);
      const expected = [7, Infinity, -Infinity, 0, 1e-30, -3].map((value) => (value === Infinity ? Infinity : Math.log1p(Math.exp(value))));
      numbersOf(outputs['softplus']).forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 5));
    });

    it('encodes and scores the same model file to 1e-5', async () => {
      const [here, there] = [await scoreTable(reference.model, rows.calibrate, engine), await scoreTable(reference.model, rows.calibrate, peer)];
      expect(Math.max(...here.map((score, row) => Math.abs(score - (there[row] ?? NaN))))).toBeLessThan(1e-5);
    });

    it('encodes every transform as ONNX Runtime does, gaps and unknown texts included', async () => {
      const table = everyTransformTable(200);
      const every = fitFeatures(everyTransform, { table, labels: Float64Array.from({ length: 200 }, (_, row) => row % 2) });
      const [here, there] = [await encodeTable(table, { features: everyTransform, fitted: every }, engine), await encodeTable(table, { features: everyTransform, fitted: every }, peer)];
      expect(here.ids).toEqual(there.ids);
      expect(Math.max(...here.dense.map((value, index) => Math.abs(value - (there.dense[index] ?? NaN))))).toBeLessThan(1e-5);
    });

    it('answers a single row', async () => {
      const one = { rows: 1, numbers: new Map([...rows.fit.numbers].map(([key, values]) => [key, values.slice(0, 1)])), strings: new Map([['carrier', ['never seen']]]) };
      expect((await scoreTable(reference.model, one, engine))[0]).toBeCloseTo((await scoreTable(reference.model, one, peer))[0] ?? NaN, 5);
    });

    it('gives the same bits for the same feeds, and for the same training', async () => {
      expect((await fitWith(engine)).state.best.weights).toEqual(fitted.state.best.weights);
    });

    it('goes on from a checkpoint to the same bits', async () => {
      const checkpoints: Uint8Array[] = [];
      await fitWith(engine, { training: { ...training, 'maximum-epochs': 1 }, onCheckpoint: (state) => void checkpoints.push(serializeTrainingState(state)) });
      const resumed = await fitWith(engine, { resume: parseTrainingState(checkpoints.at(-1) ?? new Uint8Array()) });
      expect(resumed.model).toEqual(fitted.model);
    });

    it('trains to the same quality from the same seed', () => {
      fitted.history.forEach(({ trainingLoss, calibrationLoss }, epoch) => {
        expect(Math.abs(trainingLoss - (reference.history[epoch]?.trainingLoss ?? NaN))).toBeLessThan(2e-3);
        expect(Math.abs(calibrationLoss - (reference.history[epoch]?.calibrationLoss ?? NaN))).toBeLessThan(2e-3);
      });
      const auc = (scores: Float64Array): number => rocAuc({ labels, scores });
      expect(auc(fitted.calibrationScores)).toBeGreaterThan(0.8);
      expect(Math.abs(auc(fitted.calibrationScores) - auc(reference.calibrationScores))).toBeLessThan(0.002);
    });

    it.each([
      ['delay head, tanh, dropout, batch-norm', { layers: [{ type: 'dropout', rate: 0.2 }, { type: 'dense', units: 5, activation: 'tanh' }, { type: 'batch-norm' }], head: { type: 'delay', observed: 'd', target: 'a', cut: 15, 'auxiliary-cuts': [0] } }, { type: 'cross-entropy' }],
      ['sigmoid head, focal loss', { layers: [{ type: 'dense', units: 9, activation: 'tanh' }], head: { type: 'sigmoid' } }, { type: 'focal', gamma: 1.5, alpha: 0.6 }],
    ])('pulls gradients back as finite differences have them: %s', async (_name, network, loss) => {
      const random = createRandom('engine gradient');
      const plan = gradientPlan(network, loss);
      const session = await engine.openSession(gradientModel(plan, random));
      const weights = initializeParameters(parameterLayout(plan.network), 3).map((value) => value + 0.1 * random.normal());
      const { gradient } = await evaluateGradient(session, weights);
      for (let index = 0; index < gradient.length; index += 3) {
        const expected = await finiteDifference(session, weights, index);
        expect(Math.abs((gradient[index] ?? NaN) - expected)).toBeLessThan(5e-4 * Math.max(1, Math.abs(expected)));
      }
      await session.release();
    });

    it('runs nothing after a release', async () => {
      const session = await engine.openSession(edgeModel());
      const feeds = { x: floats([1], 1) };
      await session.run(feeds);
      await session.release();
      await expect(session.run(feeds)).rejects.toThrow();
    });

    it('refuses a graph that it cannot run with a message, not a crash', async () => {
      const graph = new GraphBuilder();
      graph.output(graph.apply('NoSuchOperator', [graph.input('x', 'float', ['n'])], { shape: ['n'] }), 'y');
      await expect(engine.openSession(graph.model('unknown'))).rejects.toThrow(expect.objectContaining({ code: 'engine-unavailable', message: expect.stringContaining('NoSuchOperator') }));
    });

    it('holds nothing of the sessions that were released, after all of the above', async () => {
      const session = await engine.openSession(scanModel());
      const feeds: GraphTensors = { start: floats([2], 2, 4), table: floats([1, 2], 1, 2), order: { type: 'int32', dims: [3, 1], data: Int32Array.of(0, 0, 0) } };
      await session.run(feeds);
      const running = subject.held?.();
      await session.run(feeds);
      expect(subject.held?.(), 'a run leaves nothing behind').toBe(running);
      await session.release();
      expect(subject.held?.(), 'a release frees the constants').toBe(held);
    });
  });
}
