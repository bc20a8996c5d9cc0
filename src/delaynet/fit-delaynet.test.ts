import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import type { Table } from '../data/table.ts';
import { featuresSchema } from '../features/features-schema.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import { inspectModel } from '../onnx/inspect-model.ts';
import { silentLogger } from '../ports/logger.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { fitDelayNet, type FitDelayNetOptions } from './fit-delaynet.ts';
import { fitLogisticRegression } from './logistic-regression.ts';
import { readModelDescription, readModelThreshold, withModelThreshold } from './model-description.ts';
import { scoreTable } from './score-table.ts';
import { trainingSchema } from './training-schema.ts';
import { parseTrainingState, serializeTrainingState, type TrainingState } from './training-state.ts';

const engine = onnxRuntimeEngine();

/** Flights in miniature: the arrival delay is the departure delay, plus what the carrier and the wind add, plus noise. */
function flights(rows: number, seed: string): Table {
  const random = createRandom(seed);
  const carriers = Array.from({ length: rows }, () => ['AA', 'UA', 'B6'][random.integer(3)] ?? 'AA');
  const wind = Float64Array.from({ length: rows }, () => (random.next() < 0.05 ? NaN : 10 * random.next()));
  const departure = Float64Array.from({ length: rows }, () => Math.round(10 + 20 * random.normal()));
  const arrival = departure.map((delay, row) => Math.round(delay - 5 + (carriers[row] === 'B6' ? 12 : 0) + (Number.isNaN(wind[row]) ? 5 : (wind[row] ?? 0)) * 2 - 10 + 6 * random.normal()));
  return {
    rows,
    numbers: new Map([['wind', wind], ['departure_delay', departure], ['arrival_delay', arrival], ['delayed', arrival.map((delay) => (delay >= 15 ? 1 : 0))]]),
    strings: new Map([['carrier', carriers]]),
  };
}

const features = featuresSchema.parse([
  { transform: 'quantile-normal', columns: ['departure_delay', 'wind'] },
  { transform: 'target-encoding', columns: ['carrier'], smoothing: 20 },
  { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 10 },
]);

const trainingOf = (changes: Record<string, unknown> = {}) =>
  trainingSchema.parse({
    window: 'w.yaml',
    engine: 'onnxruntime',
    seed: 7,
    network: {
      layers: [{ type: 'dropout', rate: 0.1 }, { type: 'dense', units: 16 }, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 8, activation: 'tanh' }],
      head: { type: 'delay', observed: 'departure_delay', target: 'arrival_delay', cut: 15 },
    },
    loss: { type: 'cross-entropy' },
    optimizer: { type: 'adamw', 'learning-rate': 0.005, 'weight-decay': 0.01 },
    averaging: { type: 'exponential', decay: 0.99 },
    'batch-size': 64,
    'maximum-epochs': 4,
    patience: 4,
    threshold: { policy: 'recall', target: 0.83 },
    ...changes,
  });

const fit = flights(1500, 'fit');
const calibrate = flights(700, 'calibrate');
const options = (changes: Partial<FitDelayNetOptions> = {}): FitDelayNetOptions => ({
  features,
  training: trainingOf(),
  fit,
  calibrate,
  label: 'delayed',
  engine,
  logger: silentLogger,
  chooseThreshold: () => 0.4,
  ...changes,
});

const plain = await fitDelayNet(options());

/** An engine whose training graph loses its numbers at the given run. */
function losingItself(real: TrainingEngine, atRun: number): TrainingEngine {
  let runs = 0;
  return {
    name: real.name,
    description: real.description,
    async openSession(model) {
      const session = await real.openSession(model);
      return {
        release: () => session.release(),
        async run(feeds) {
          const outputs = await session.run(feeds);
          if (!('losses' in outputs) || ++runs !== atRun) return outputs;
          return { ...outputs, losses: { type: 'float32', dims: [1], data: Float32Array.of(NaN) } };
        },
      };
    },
  };
}

describe('fitDelayNet', () => {
  it('gives the same bytes again, on any number of threads', async () => {
    expect((await fitDelayNet(options())).model).toEqual(plain.model);
    expect((await fitDelayNet(options({ engine: onnxRuntimeEngine(2) }))).model).toEqual(plain.model);
  });

  it('another seed gives another model', async () => {
    expect((await fitDelayNet(options({ training: trainingOf({ seed: 8 }) }))).model).not.toEqual(plain.model);
  });

  it('learns what decides a delay', async () => {
    const test = flights(1500, 'test');
    const labels = test.numbers.get('delayed') ?? new Float64Array();
    const scores = await scoreTable(plain.model, test, engine);
    const departureOnly = rocAuc({ labels, scores: test.numbers.get('departure_delay') ?? new Float64Array() });
    expect(rocAuc({ labels, scores })).toBeGreaterThan(departureOnly + 0.02);
  });

  it('goes on from a stored checkpoint bit for bit', async () => {
    const checkpoints: Uint8Array[] = [];
    await fitDelayNet(options({ training: trainingOf({ 'maximum-epochs': 2 }), onCheckpoint: (state) => void checkpoints.push(serializeTrainingState(state)) }));
    const last = checkpoints.at(-1);
    if (!last) throw new Error('no checkpoint');
    const resumed = await fitDelayNet(options({ resume: parseTrainingState(last) }));
    expect(resumed.history).toEqual(plain.history);
    expect(resumed.state.optimizer).toEqual(plain.state.optimizer);
    expect(resumed.model).toEqual(plain.model);
  });

  it('refuses to resume with other options', async () => {
    await expect(fitDelayNet(options({ resume: plain.state, training: trainingOf({ seed: 1 }) }))).rejects.toThrow(expect.objectContaining({ code: 'resume-mismatch' }));
  });

  it('ships the averaged weights of the epoch that validated best and stops after its patience', async () => {
    const states: TrainingState[] = [];
    const training = trainingOf({ 'maximum-epochs': 40, patience: 2, optimizer: { type: 'adam', 'learning-rate': 0.05 }, averaging: { type: 'none' } });
    const result = await fitDelayNet(options({ training, onCheckpoint: (state) => void states.push(state) }));
    const losses = result.history.map(({ calibrationLoss }) => calibrationLoss);
    expect(result.bestEpoch).toBe(1 + losses.indexOf(Math.min(...losses)));
    expect(losses).toHaveLength(result.bestEpoch + 2);
    expect(result.state.best.weights).toEqual(states[result.bestEpoch - 1]?.optimizer.average);
  });

  it('ends at an epoch whose loss is no number, and keeps the best one before it', async () => {
    const warnings: string[] = [];
    const told = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
    const states: TrainingState[] = [];
    // 1,500 rows and those that hide a category, in batches of 64: two runs an epoch, the second for the last partial batch.
    const { history, bestEpoch } = await fitDelayNet(options({ engine: losingItself(engine, 5), logger: told, onCheckpoint: (state) => void states.push(state) }));
    expect(history).toEqual(plain.history.slice(0, 2));
    expect(bestEpoch).toBe(plain.history.slice(0, 2).toSorted((left, right) => left.calibrationLoss - right.calibrationLoss)[0]?.epoch);
    expect(states).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('The loss of epoch 3 is no finite number')]);
  });

  it('refuses to go on where the very first loss is no number', async () => {
    await expect(fitDelayNet(options({ engine: losingItself(engine, 1) }))).rejects.toThrow(expect.objectContaining({ code: 'training-diverged' }));
  });

  it('tells with every epoch how long the rest takes at most', async () => {
    const labels: string[] = [];
    let now = 0;
    const clock = { now: () => (now += 1000) };
    await fitDelayNet(options({ clock, logger: { ...silentLogger, progress: (label) => void labels.push(label) } }));
    expect(labels.map((label) => /at most \d+ s left$/.exec(label)?.[0])).toEqual(['at most 3 s left', 'at most 2 s left', 'at most 1 s left', 'at most 0 s left']);
  });

  it('stops when asked to, as a tuning study does', async () => {
    expect((await fitDelayNet(options({ shouldStop: ({ length }) => length === 1 }))).history).toHaveLength(1);
  });

  it('a warm start begins near where the other training ended, and embeddings follow their category', async () => {
    const training = trainingOf({ 'maximum-epochs': 1 });
    const cold = await fitDelayNet(options({ training }));
    const warm = await fitDelayNet(options({ training, warmStart: plain.state }));
    expect(warm.history[0]?.calibrationLoss).toBeLessThan((cold.history[0]?.calibrationLoss ?? 0) - 0.01);
  });

  it.each([
    ['sigmoid head, focal loss', { network: { layers: [{ type: 'dense', units: 8 }], head: { type: 'sigmoid' } }, loss: { type: 'focal' } }],
    ['batch-norm and balanced weights', { network: { layers: [{ type: 'dense', units: 8, activation: 'linear' }, { type: 'batch-norm' }], head: { type: 'sigmoid' } }, loss: { type: 'cross-entropy', 'class-weights': 'balanced' } }],
    ['auxiliary cuts', { network: { layers: [{ type: 'dense', units: 8 }], head: { type: 'delay', observed: 'departure_delay', target: 'arrival_delay', cut: 15, 'auxiliary-cuts': [0, 30, 60] } } }],
  ])('trains with %s', async (_, changes) => {
    const { history } = await fitDelayNet(options({ training: trainingOf(changes) }));
    expect(history.at(-1)?.trainingLoss).toBeLessThan(history[0]?.trainingLoss ?? 0);
  });

  it('names the label that is neither 0 nor 1, and refuses rows with one label only', async () => {
    const spoilt = (value: number): Table => ({ ...fit, numbers: new Map([...fit.numbers, ['delayed', new Float64Array(fit.rows).fill(value)]]) });
    await expect(fitDelayNet(options({ fit: spoilt(NaN) }))).rejects.toThrow(/NaN in column "delayed"/);
    await expect(fitDelayNet(options({ calibrate: spoilt(0) }))).rejects.toThrow(/calibration rows need both labels/);
  });
});

describe('the exported model', () => {
  it('describes its inputs, and a new threshold leaves its graph alone', async () => {
    expect(readModelDescription(plain.model)).toMatchObject({ inputs: { num: ['departure_delay', 'wind'], cat: ['carrier'] }, label: 'delayed', parameters: plain.parameters });
    expect(readModelThreshold(plain.model)).toBe(0.4);
    const moved = withModelThreshold(plain.model, 0.25);
    expect(readModelThreshold(moved)).toBe(0.25);
    expect(await scoreTable(moved, calibrate, engine)).toEqual(plain.calibrationScores);
    expect(inspectModel(plain.model)).toMatchObject({ inputs: ['num', 'cat'], outputs: ['probability', 'logit'] });
  });

  it('scores a row the same alone and among others', async () => {
    const one: Table = {
      rows: 1,
      numbers: new Map([...calibrate.numbers].map(([name, values]) => [name, values.slice(5, 6)])),
      strings: new Map([...calibrate.strings].map(([name, values]) => [name, values.slice(5, 6)])),
    };
    expect((await scoreTable(plain.model, one, engine))[0]).toBeCloseTo(plain.calibrationScores[5] ?? NaN, 6);
  });

  it('answers for categories and missing values it has never seen', async () => {
    const strange: Table = { rows: 1, numbers: new Map([['wind', Float64Array.of(NaN)], ['departure_delay', Float64Array.of(NaN)]]), strings: new Map([['carrier', ['']]]) };
    const [score = NaN] = await scoreTable(plain.model, strange, engine);
    expect(score > 0 && score < 1).toBe(true);
  });

  it('carries Platt calibration that a skewed loss needs', async () => {
    const training = trainingOf({ loss: { type: 'cross-entropy', 'class-weights': { negative: 1, positive: 6 } }, calibration: 'platt' });
    const { calibrationScores } = await fitDelayNet(options({ training }));
    const rate = (calibrate.numbers.get('delayed') ?? new Float64Array()).reduce((sum, label) => sum + label, 0) / calibrate.rows;
    expect(calibrationScores.reduce((sum, score) => sum + score, 0) / calibrate.rows).toBeCloseTo(rate, 3);
  });

  it('is refused if it is not one of ours', () => {
    expect(() => readModelDescription(new Uint8Array())).toThrow(expect.objectContaining({ code: 'model-invalid' }));
  });
});

describe('logistic regression', () => {
  it('is the network without hidden layers', async () => {
    const model = await fitLogisticRegression(options());
    expect(readModelDescription(model).parameters).toBe(4 * 2 + 5 + 1);
    expect(rocAuc({ labels: calibrate.numbers.get('delayed') ?? new Float64Array(), scores: await scoreTable(model, calibrate, engine) })).toBeGreaterThan(0.85);
  });
});
