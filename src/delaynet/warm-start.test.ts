import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { tableOf } from '../../test/builders/encode-features.ts';
import { silentLogger } from '../ports/logger.ts';
import { createRandom } from '../statistics/random.ts';
import { fitDelayNet } from './fit-delaynet.ts';
import { planNetwork } from './network-plan.ts';
import { parameterInputs } from './parameter-inputs.ts';
import { parameterLayout } from './parameter-layout.ts';
import { networkSchema, trainingSchema } from './training-schema.ts';
import type { TrainingState } from './training-state.ts';
import { featuresSchema } from '../features/features-schema.ts';
import { warmStartWeights } from './warm-start.ts';

interface Shape {
  readonly encoded: string[];
  readonly vocabulary: string[];
  readonly layers?: object[];
  readonly dimensions?: number;
}

function networkOf({ encoded, vocabulary, layers = [{ type: 'dense', units: 2 }], dimensions = 1 }: Shape) {
  const plan = planNetwork(networkSchema.parse({ layers, head: { type: 'sigmoid' } }), { denseWidth: encoded.length, embeddings: [{ column: 'carrier', vocabulary, dimensions }] });
  const layout = parameterLayout(plan);
  const inputs = parameterInputs(plan, encoded);
  const parameters = layout.parameters.map(({ name, shape }) => ({ name, shape, vocabulary: name === 'embedding.carrier' ? vocabulary : undefined, inputs: inputs.get(name) }));
  const weights = Float32Array.from({ length: layout.total }, (_, index) => index + 1);
  const rowsOf = (values: Float32Array, name: string): number[][] => {
    const parameter = layout.parameters.find((candidate) => candidate.name === name);
    if (!parameter) throw new Error(name);
    return Array.from({ length: parameter.shape[0] }, (_, row) => [...values.subarray(parameter.offset + row * parameter.shape[1], parameter.offset + (row + 1) * parameter.shape[1])]);
  };
  const state = { parameters, best: { epoch: 1, weights } } as unknown as TrainingState;
  return { plan, layout, encoded, rowsOf, weights, state };
}

function warmOf(old: Shape, next: Shape) {
  const [from, to] = [networkOf(old), networkOf(next)];
  return { from, to, warm: warmStartWeights(new Float32Array(to.layout.total).fill(-1), from.state, to) };
}

describe('warmStartWeights', () => {
  it('follows categories, and begins a new one as an unknown one', () => {
    const { from, to, warm } = warmOf({ encoded: ['a'], vocabulary: ['AA', 'B6'] }, { encoded: ['a'], vocabulary: ['B6', 'UA'] });
    const [unknown, , b6] = from.rowsOf(from.weights, 'embedding.carrier');
    expect(to.rowsOf(warm.weights, 'embedding.carrier')).toEqual([unknown, b6, unknown]);
    expect(warm).toMatchObject({ added: [], dropped: [] });
  });

  it('follows the names of inputs whatever their order; new ones begin at 0, dropped ones are gone', () => {
    const { from, to, warm } = warmOf({ encoded: ['a', 'b', 'c'], vocabulary: ['AA'] }, { encoded: ['new', 'c', 'a'], vocabulary: ['AA'] });
    const [a, , c, carrier] = from.rowsOf(from.weights, 'dense1.weight');
    expect(to.rowsOf(warm.weights, 'dense1.weight')).toEqual([[0, 0], c, a, carrier]);
    expect(warm).toMatchObject({ added: ['new'], dropped: ['b'] });
  });

  it('keeps the dimensions of an embedding that grows, and gives the new ones no say', () => {
    const { from, to, warm } = warmOf({ encoded: ['a'], vocabulary: ['AA'] }, { encoded: ['a'], vocabulary: ['AA'], dimensions: 2 });
    expect(to.rowsOf(warm.weights, 'embedding.carrier')).toEqual(from.rowsOf(from.weights, 'embedding.carrier').map(([value]) => [value, -1]));
    expect(to.rowsOf(warm.weights, 'dense1.weight')).toEqual([...from.rowsOf(from.weights, 'dense1.weight'), [0, 0]]);
  });

  it('leaves a layer of another width fresh, and takes the others', () => {
    const { to, warm } = warmOf({ encoded: ['a'], vocabulary: ['AA'] }, { encoded: ['a'], vocabulary: ['AA'], layers: [{ type: 'dense', units: 3 }] });
    expect(to.rowsOf(warm.weights, 'dense1.weight').flat()).toEqual([-1, -1, -1, -1, -1, -1]);
    expect(warm.taken).toEqual(['embedding.carrier', 'head.bias']);
  });

  it('remaps a batch norm before the first dense layer, a new input keeping its fresh statistics', () => {
    const layers = [{ type: 'batch-norm' }, { type: 'dense', units: 2 }];
    const { from, to, warm } = warmOf({ encoded: ['a', 'b'], vocabulary: ['AA'], layers }, { encoded: ['b', 'new'], vocabulary: ['AA'], layers });
    const [[, b, carrier] = []] = from.rowsOf(from.weights, 'batch-norm1.mean');
    expect(to.rowsOf(warm.weights, 'batch-norm1.mean')).toEqual([[b, -1, carrier]]);
  });

  it('follows inputs of the head where there is no hidden layer', () => {
    const { from, to, warm } = warmOf({ encoded: ['a', 'b'], vocabulary: [], layers: [] }, { encoded: ['b'], vocabulary: [], layers: [] });
    const [, b, carrier] = from.rowsOf(from.weights, 'head.weight');
    expect(to.rowsOf(warm.weights, 'head.weight')).toEqual([b, carrier]);
  });

  it('takes over nothing of a name that comes twice where nobody knows which is which', () => {
    const { to, warm, from } = warmOf({ encoded: ['a', 'a', 'b'], vocabulary: ['AA'] }, { encoded: ['a', 'a', 'b'], vocabulary: ['AA'] });
    const [, , b, carrier] = from.rowsOf(from.weights, 'dense1.weight');
    expect(to.rowsOf(warm.weights, 'dense1.weight')).toEqual([[0, 0], [0, 0], b, carrier]);
  });

  it('takes a state without names of inputs where shapes agree', () => {
    const from = networkOf({ encoded: ['a'], vocabulary: ['AA'] });
    const nameless = { ...from.state, parameters: from.state.parameters.map(({ name, shape, vocabulary }) => ({ name, shape, vocabulary })) };
    expect(warmStartWeights(new Float32Array(from.layout.total), nameless, from).weights).toEqual(from.weights);
  });
});

it('a warm start with a feature, an embedding and a category added answers as before, before it trains', async () => {
  const engine = onnxRuntimeEngine();
  const random = createRandom('warm');
  const draw = (rows: number, carriers: readonly string[]) => {
    const [x, y] = [Array.from({ length: rows }, () => random.normal()), Array.from({ length: rows }, () => random.normal())];
    const carrier = x.map(() => carriers[random.integer(carriers.length)] ?? '');
    return tableOf({ x, y, late: x.map((value, row) => (value + (carrier[row] === 'UA' ? 1 : 0) + 0.3 * random.normal() > 0 ? 1 : 0)) }, { carrier });
  };
  const [fit, calibrate] = [draw(600, ['AA', 'UA']), draw(300, ['AA', 'UA'])];
  // Statistics of x stay what they were; the new carrier is not in the calibration rows.
  const wider = { ...fit, strings: new Map([['carrier', (fit.strings.get('carrier') ?? []).map((name, row) => (row % 10 === 0 ? 'ZZ' : name))]]) };
  const training = (epochs: number, rate: number) =>
    trainingSchema.parse({
      window: 'w', engine: 'auto', seed: 1, network: { layers: [{ type: 'dense', units: 8 }], head: { type: 'sigmoid' } }, loss: { type: 'cross-entropy' },
      optimizer: { type: 'adam', 'learning-rate': rate }, 'batch-size': 64, 'maximum-epochs': epochs, patience: 9, threshold: { policy: 'recall', target: 0.8 },
    });
  const base = [{ transform: 'quantile-normal', columns: ['x'] }, { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 5 }];
  const shared = { calibrate, label: 'late', engine, logger: silentLogger, chooseThreshold: () => 0.5 };
  const old = await fitDelayNet({ ...shared, features: featuresSchema.parse(base), fit, training: training(6, 0.01) });
  const more = featuresSchema.parse([{ transform: 'numeric', columns: ['y'] }, { transform: 'missing-indicator', columns: ['y'] }, ...base]);
  // A step this small moves nothing.
  const warm = await fitDelayNet({ ...shared, features: more, fit: wider, training: training(1, 1e-12), warmStart: old.state });
  warm.calibrationScores.forEach((score, row) => expect(score).toBeCloseTo(old.calibrationScores[row] ?? NaN, 5));
  const trained = await fitDelayNet({ ...shared, features: more, fit: wider, training: training(1, 0.01), warmStart: old.state });
  expect(trained.calibrationScores).not.toEqual(warm.calibrationScores);
});

it('a warm start tells one column under two transforms apart, whatever their order, and takes nothing from another transform of it', async () => {
  const engine = onnxRuntimeEngine();
  const random = createRandom('two transforms');
  const draw = (rows: number) => {
    const x = Array.from({ length: rows }, () => random.normal());
    return tableOf({ x, late: x.map((value) => (value + 0.3 * random.normal() > 0 ? 1 : 0)) }, {});
  };
  const [fit, calibrate] = [draw(600), draw(300)];
  const training = (epochs: number, rate: number) =>
    trainingSchema.parse({
      window: 'w', engine: 'auto', seed: 1, network: { layers: [{ type: 'dense', units: 8 }], head: { type: 'sigmoid' } }, loss: { type: 'cross-entropy' },
      optimizer: { type: 'adam', 'learning-rate': rate }, 'batch-size': 64, 'maximum-epochs': epochs, patience: 9, threshold: { policy: 'recall', target: 0.8 },
    });
  const under = (...transforms: string[]) => featuresSchema.parse(transforms.map((transform) => ({ transform, columns: ['x'] })));
  const shared = { fit, calibrate, label: 'late', engine, logger: silentLogger, chooseThreshold: () => 0.5 };
  const old = await fitDelayNet({ ...shared, features: under('quantile-normal', 'min-max'), training: training(6, 0.01) });
  const turned = await fitDelayNet({ ...shared, features: under('min-max', 'quantile-normal'), training: training(1, 1e-12), warmStart: old.state });
  turned.calibrationScores.forEach((score, row) => expect(score).toBeCloseTo(old.calibrationScores[row] ?? NaN, 5));
  // A step this small moves nothing: without an input that it knows, the network answers the same for every row.
  const foreign = await fitDelayNet({ ...shared, features: under('numeric'), training: training(1, 1e-12), warmStart: old.state });
  for (const score of foreign.calibrationScores) expect(score).toBeCloseTo(foreign.calibrationScores[0] ?? NaN, 5);
});
