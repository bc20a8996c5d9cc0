import { describe, expect, it } from 'vitest';
import { tableOf } from '../../test/builders/encode-features.ts';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import type { Table } from '../data/table.ts';
import { featuresSchema } from '../features/features-schema.ts';
import { silentLogger } from '../ports/logger.ts';
import { createRandom } from '../statistics/random.ts';
import { fitDelayNet } from './fit-delaynet.ts';
import { readModelDescription } from './model-description.ts';
import { scoreTable } from './score-table.ts';
import { trainingSchema } from './training-schema.ts';

const engine = onnxRuntimeEngine();
const rows = 240;
const random = createRandom('strange data');
const list = <Value>(draw: (row: number) => Value): Value[] => Array.from({ length: rows }, (_, row) => draw(row));

const x = list(() => random.normal());
const base = {
  x,
  d: list((row) => 20 * (x[row] ?? 0)),
  target: list((row) => Math.round(20 * (x[row] ?? 0) + 10 * random.normal())),
};
const delayed = base.target.map((value) => (value >= 15 ? 1 : 0));
const kinds = list(() => ['AA', 'UA'][random.integer(2)] ?? '');

function rowsWith(numbers: Record<string, readonly number[]>, strings: Record<string, readonly string[]> = {}): Table {
  return tableOf({ ...base, delayed, ...numbers }, { kind: kinds, ...strings });
}

const everyTransform = featuresSchema.parse([
  { transform: 'quantile-normal', columns: ['x'] },
  { transform: 'numeric', columns: ['x'] },
  { transform: 'min-max', columns: ['x'] },
  { transform: 'piecewise-linear', columns: ['x'], bins: 4 },
  { transform: 'missing-indicator', columns: ['x', 'd'] },
  { transform: 'one-hot', columns: ['kind'], 'minimum-count': 2 },
  { transform: 'target-encoding', columns: ['kind'] },
  { transform: 'embedding', columns: ['kind'], dimensions: 2, 'minimum-count': 1 },
]);

const delayHead = { type: 'delay', observed: 'd', target: 'target', cut: 15, 'auxiliary-cuts': [0, 30] };
const trainingOf = (head: object, changes: object = {}) =>
  trainingSchema.parse({
    window: 'w', engine: 'auto', seed: 3, network: { layers: [{ type: 'dense', units: 4 }], head }, loss: { type: 'cross-entropy' },
    optimizer: { type: 'adam', 'learning-rate': 0.01 }, 'batch-size': 64, 'maximum-epochs': 2, patience: 2, threshold: { policy: 'recall', target: 0.8 }, ...changes,
  });

const fit = (table: Table, changes: { head?: object; training?: object; calibrate?: Table } = {}) =>
  fitDelayNet({
    features: everyTransform, training: trainingOf(changes.head ?? delayHead, changes.training), fit: table, calibrate: changes.calibrate ?? table,
    label: 'delayed', engine, logger: silentLogger, chooseThreshold: () => 0.5,
  });

const probabilities = (scores: Float64Array): boolean => scores.every((score) => score >= 0 && score <= 1);

/** Rows that a model may meet whatever it learned from. */
const oddest = ((): Table => {
  const odd = [NaN, Infinity, -Infinity, 1e38, -1e38, 1e300, 1e-45, 0];
  const pairs = odd.flatMap((left) => odd.map((right) => [left, right] as const));
  const names = ['', 'AA', 'nobody', '\u0000', 'é', 'x'.repeat(5000)];
  return tableOf({ x: pairs.map(([left]) => left), d: pairs.map(([, right]) => right) }, { kind: pairs.map((_, row) => names[row % names.length] ?? '') });
})();

describe('training on strange rows gives a finite model, which answers the oddest rows with a probability', () => {
  const cases: [string, Table][] = [
    ['gaps', rowsWith({ x: x.map((value, row) => (row % 3 === 0 ? NaN : value)) })],
    ['infinities', rowsWith({ x: x.map((value, row) => [Infinity, -Infinity, value][row % 3] ?? 0) })],
    ['a constant column', rowsWith({ x: x.map(() => 0.1) })],
    ['a column that is always missing', rowsWith({ x: x.map(() => NaN) })],
    ['numbers near the end of float32', rowsWith({ x: x.map((value) => 1e38 * value) })],
    ['numbers beyond float32', rowsWith({ x: x.map((value) => 1e300 * value) })],
    ['subnormal numbers', rowsWith({ x: x.map((value) => 1e-44 * value) })],
    ['a huge observed column', rowsWith({ d: base.d.map((value) => 1e38 * value) })],
    ['an observed column that is always missing', rowsWith({ d: x.map(() => NaN) })],
    ['one category', rowsWith({}, { kind: kinds.map(() => 'AA') })],
    ['no category', rowsWith({}, { kind: kinds.map(() => '') })],
    ['a category of its own for every row', rowsWith({}, { kind: kinds.map((_, row) => `k${row}`) })],
    ['a category of 5,000 letters, NUL and accents', rowsWith({}, { kind: kinds.map((_, row) => ['x'.repeat(5000), '\u0000', 'é'][row % 3] ?? '') })],
  ];
  const heads = [delayHead, { type: 'sigmoid' }];
  it.each(cases.flatMap(([name, table]) => heads.map((head) => [`${name}, ${head.type} head`, { table, head }] as const)))('%s', async (_, { table, head }) => {
    const fitted = await fit(table, { head });
    expect(fitted.history.every(({ calibrationLoss }) => Number.isFinite(calibrationLoss))).toBe(true);
    expect(fitted.state.best.weights.every(Number.isFinite)).toBe(true);
    expect(probabilities(fitted.calibrationScores) && probabilities(fitted.fitScores)).toBe(true);
    expect(probabilities(await scoreTable(fitted.model, oddest, engine))).toBe(true);
  });

  it('10,000 categories', async () => {
    const many = tableOf({ x: Array.from({ length: 10_000 }, () => random.normal()), d: new Array<number>(10_000).fill(0), target: Array.from({ length: 10_000 }, (_, row) => row % 40), delayed: Array.from({ length: 10_000 }, (_, row) => (row % 40 >= 15 ? 1 : 0)) }, { kind: Array.from({ length: 10_000 }, (_, row) => `k${row}`) });
    const fitted = await fit(many, { training: { 'batch-size': 1024, 'maximum-epochs': 1 } });
    expect(probabilities(await scoreTable(fitted.model, oddest, engine))).toBe(true);
  });

  it('and the model says which categories it can tell apart', async () => {
    const fitted = await fit(rowsWith({}, { kind: kinds.map((kind, row) => (row === 9 ? 'B6' : row === 10 ? '' : kind)) }));
    expect(readModelDescription(fitted.model).categories).toEqual({ kind: { known: ['AA', 'UA'], rare: ['B6'] } });
  });

  it('calibration rows unlike the training rows', async () => {
    const fitted = await fit(rowsWith({}), { calibrate: rowsWith({ x: x.map(() => Infinity), d: base.d.map((_, row) => (row % 2 === 0 ? 1e38 : -1e38)) }, { kind: kinds.map(() => 'nobody') }) });
    expect(probabilities(fitted.calibrationScores)).toBe(true);
  });

  it.each(['temperature', 'platt'])('%s calibration of a perfect separation', async (calibration) => {
    const fitted = await fit(rowsWith({ x: delayed.map((label) => 1000 * label) }), { head: { type: 'sigmoid' }, training: { calibration } });
    expect(probabilities(await scoreTable(fitted.model, oddest, engine))).toBe(true);
  });
});

describe('training on rows that teach nothing is a clear error', () => {
  const none = tableOf({ x: [], d: [], target: [], delayed: [] }, { kind: [] });
  const one = tableOf({ x: [1], d: [1], target: [20], delayed: [1] }, { kind: ['AA'] });
  it.each([
    ['no row', none, /training rows are none at all/],
    ['a single row', one, /training rows need both labels, but 1 of 1/],
    ['one class only', rowsWith({ delayed: delayed.map(() => 0) }), /need both labels, but 0 of 240/],
    ['labels of 2', rowsWith({ delayed: delayed.map((label) => 2 * label) }), /have 2 in column "delayed"/],
    ['infinite labels', rowsWith({ delayed: delayed.map((label) => (label === 1 ? Infinity : 0)) }), /have Infinity in column "delayed"/],
    ['a target that is missing', rowsWith({ target: base.target.map((value, row) => (row === 7 ? NaN : value)) }), /Row 7 of the training rows has no "target"/],
  ])('%s', async (_, table, message) => {
    await expect(fit(table, { calibrate: rowsWith({}) })).rejects.toMatchObject({ code: 'training-data-invalid', message: expect.stringMatching(message) as string });
  });

  it('no calibration row', async () => {
    await expect(fit(rowsWith({}), { calibrate: none })).rejects.toMatchObject({ code: 'training-data-invalid', message: expect.stringContaining('The calibration rows are none') as string });
  });

  it('more one-hot columns than memory holds', async () => {
    const count = 17_000;
    const many = tableOf({ late: Array.from({ length: count }, (_, row) => row % 2) }, { kind: Array.from({ length: count }, (_, row) => `k${row}`) });
    const features = featuresSchema.parse([{ transform: 'one-hot', columns: ['kind'], 'minimum-count': 1 }]);
    const wide = fitDelayNet({ features, training: trainingOf({ type: 'sigmoid' }), fit: many, calibrate: many, label: 'late', engine, logger: silentLogger, chooseThreshold: () => 0.5 });
    await expect(wide).rejects.toMatchObject({ code: 'training-data-invalid', message: expect.stringContaining('17000 rows of 17001 encoded columns') as string });
  });

  it('SMOTE with a single positive row', async () => {
    const lonely = rowsWith({ delayed: delayed.map((_, row) => (row === 5 ? 1 : 0)) });
    await expect(fit(lonely, { training: { sampling: { type: 'smote' } } })).rejects.toMatchObject({ code: 'training-data-invalid', message: expect.stringContaining('only 1 of 240') as string });
  });
});
