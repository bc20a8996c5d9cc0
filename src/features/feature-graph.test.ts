import { describe, expect, it } from 'vitest';
import { encodeFeatures, tableOf } from '../../test/builders/encode-features.ts';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { medianOfPresent, sortedPresent } from './column-values.ts';
import { encodeTable, encodeTrainingTable, type EncodedRows } from './encode-table.ts';
import { featuresSchema } from './features-schema.ts';
import { fitFeatures } from './fit-features.ts';
import { interpolateKnots, quantileKnots } from './quantile-knots.ts';

const engine = onnxRuntimeEngine();

describe('quantile-normal', () => {
  const random = createRandom('quantile-normal');
  const columns = {
    smooth: Array.from({ length: 3000 }, () => random.normal() * 20),
    tied: Array.from({ length: 3000 }, () => Math.max(0, Math.round(random.normal() * 3))),
    skewed: Array.from({ length: 3000 }, () => Math.exp(3 * random.normal())),
    constant: new Array<number>(3000).fill(7),
    few: Array.from({ length: 3000 }, (_, row) => (row === 0 ? 1 : NaN)),
  };
  const train = tableOf(columns);
  const names = Object.keys(columns) as (keyof typeof columns)[];

  it('agrees with plain interpolation to 1e-6, at, between and beyond the training values', async () => {
    const probes = [...columns.smooth.slice(0, 300), ...columns.tied.slice(0, 100), ...columns.skewed.slice(0, 300), -1e9, 1e9, 0, 7, 6.999, 7.001, 1e-30];
    const table = tableOf(Object.fromEntries(names.map((name) => [name, probes])));
    const encoded = await encodeFeatures([{ transform: 'quantile-normal', columns: names }], train, { table });
    names.forEach((name, column) => {
      const knots = quantileKnots(sortedPresent(Float64Array.from(columns[name])));
      probes.forEach((probe, row) => {
        const difference = Math.abs((encoded.dense[row * names.length + column] ?? NaN) - interpolateKnots(knots, Math.fround(probe)));
        expect(difference, `${name} at ${probe}`).toBeLessThan(1e-6);
      });
    });
  });

  it('keeps scores within ±Φ⁻¹(.998) and puts a missing value where the median lies', async () => {
    const table = tableOf(Object.fromEntries(names.map((name) => [name, [-1e30, 1e30, NaN, medianOfPresent(Float64Array.from(columns[name]))]])));
    const { dense } = await encodeFeatures([{ transform: 'quantile-normal', columns: names }], train, { table });
    for (const value of dense) expect(Math.abs(value)).toBeLessThanOrEqual(2.8782);
    expect(dense.slice(2 * names.length, 3 * names.length)).toEqual(dense.slice(3 * names.length));
  });

  it('gives a smooth column the spread of a standard normal', async () => {
    const { dense } = await encodeFeatures([{ transform: 'quantile-normal', columns: ['smooth'] }], train);
    const mean = dense.reduce((sum, value) => sum + value, 0) / dense.length;
    const variance = dense.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dense.length;
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 1);
  });
});

describe('number transforms', () => {
  it('numeric centres and scales by the training rows', async () => {
    const { dense } = await encodeFeatures([{ transform: 'numeric', columns: ['x'] }], tableOf({ x: [1, 3] }), { table: tableOf({ x: [1, 3, 5] }) });
    expect([...dense]).toEqual([-1, 1, 3]);
  });

  it('min-max spans 0 to 1 and clips beyond', async () => {
    const { dense } = await encodeFeatures([{ transform: 'min-max', columns: ['x'] }], tableOf({ x: [10, 20] }), { table: tableOf({ x: [0, 10, 15, 20, 99] }) });
    expect([...dense]).toEqual([0, 0, 0.5, 1, 1]);
  });

  it('cyclical-time puts the end of the cycle beside its start', async () => {
    const { dense, names } = await encodeFeatures([{ transform: 'cyclical-time', columns: ['hour'], period: 24 }], tableOf({ hour: [0, 6, 24] }));
    expect(names).toEqual(['hour.sine', 'hour.cosine']);
    [0, 1, 1, 0, 0, 1].forEach((expected, index) => expect(dense[index]).toBeCloseTo(expected, 5));
  });

  it('a missing number counts as the training median', async () => {
    const { dense } = await encodeFeatures([{ transform: 'min-max', columns: ['x'] }], tableOf({ x: [0, NaN, 4, 10] }));
    expect([...dense]).toEqual([0, Math.fround(0.4), Math.fround(0.4), 1]);
  });

  it('the observed column reaches the head as it is', async () => {
    const { observed } = await encodeFeatures([{ transform: 'min-max', columns: ['x'] }], tableOf({ x: [0, 1, 2], d: [-5, NaN, 90] }), { observed: 'd' });
    expect([...observed]).toEqual([-5, 42.5, 90]);
  });
});

describe('category transforms', () => {
  const carriers = ['AA', 'AA', 'UA', 'UA', 'B6', ''];
  const x = [0, 1, 2, 3, 4, 5];

  it('one-hot gives unknown, rare and missing categories one column of their own', async () => {
    const { dense, names } = await encodeFeatures([{ transform: 'one-hot', columns: ['carrier'], 'minimum-count': 2 }], tableOf({}, { carrier: carriers }), { table: tableOf({}, { carrier: ['AA', 'UA', 'B6', '', 'ZZ'] }) });
    expect(names).toEqual(['carrier=unknown', 'carrier=AA', 'carrier=UA']);
    expect([...dense]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0]);
  });

  it('embedding ids start at 1 in sorted order; 0 is unknown, rare or missing', async () => {
    const features = [{ transform: 'numeric', columns: ['x'] }, { transform: 'embedding', columns: ['carrier'], dimensions: 2, 'minimum-count': 2 }];
    const { ids } = await encodeFeatures(features, tableOf({ x }, { carrier: carriers }), { table: tableOf({ x }, { carrier: ['UA', 'AA', 'B6', '', 'ZZ', 'AA'] }) });
    expect([...ids]).toEqual([2, 1, 0, 0, 0, 1]);
  });

  it('a column without any frequent category encodes every row as unknown', async () => {
    const { dense } = await encodeFeatures([{ transform: 'one-hot', columns: ['carrier'] }], tableOf({}, { carrier: carriers }));
    expect([...dense]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('target-encoding ranks categories by their rate and gives an unknown one the overall rate', async () => {
    const train = tableOf({}, { carrier: ['AA', 'AA', 'AA', 'UA', 'UA', 'UA'] });
    const features = [{ transform: 'target-encoding', columns: ['carrier'], smoothing: 1 }];
    const { dense } = await encodeFeatures(features, train, { labels: [1, 1, 0, 0, 0, 1], table: tableOf({}, { carrier: ['AA', 'UA', 'ZZ'] }) });
    expect(dense[0]).toBeCloseTo(1, 5);
    expect(dense[1]).toBeCloseTo(-1, 5);
    expect(dense[2]).toBeCloseTo(0, 5);
  });

  it("a training row's target encoding does not depend on its own label", async () => {
    const table = tableOf({}, { carrier: Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 'AA' : 'UA')) });
    const features = featuresSchema.parse([{ transform: 'target-encoding', columns: ['carrier'], smoothing: 2 }]);
    const transform = features[0];
    if (!transform) throw new Error('no feature');
    const labels = Float64Array.from({ length: 40 }, (_, row) => (row % 3 === 0 ? 1 : 0));
    const fitted = fitFeatures(features, { table, labels });
    const [before, plain] = [await encodeTrainingTable(table, { features, fitted, labels }, engine), await encodeTable(table, { features, fitted }, engine)];
    const flipped = Float64Array.from(labels);
    flipped[0] = 1 - (labels[0] ?? 0);
    const scale = (fitted.transforms[0] as { encodings: { mean: number; deviation: number }[] }).encodings[0];
    const refitted = fitFeatures(features, { table, labels: flipped });
    const other = (refitted.transforms[0] as { encodings: { mean: number; deviation: number }[] }).encodings[0];
    const after = await encodeTrainingTable(table, { features, fitted: refitted, labels: flipped }, engine);
    // Back from the standardised scale to the rate.
    const rate = (encoded: EncodedRows, moments: typeof scale, row: number): number => (encoded.dense[row] ?? NaN) * (moments?.deviation ?? NaN) + (moments?.mean ?? NaN);
    expect(rate(after, other, 0)).toBeCloseTo(rate(before, scale, 0), 6);
    expect(rate(after, other, 2)).not.toBeCloseTo(rate(before, scale, 2), 3);
    expect([...before.dense]).not.toEqual([...plain.dense]);
  });
});

describe('columns', () => {
  it('names the missing column and those there are', () => {
    const features = featuresSchema.parse([{ transform: 'numeric', columns: ['wind'] }]);
    expect(() => fitFeatures(features, { table: tableOf({ rain: [1] }), labels: Float64Array.of(0) })).toThrow(/no number column "wind".*rain/);
  });

  it('rejects unknown transforms and options', () => {
    expect(featuresSchema.safeParse([{ transform: 'magic', columns: ['x'] }]).success).toBe(false);
    expect(featuresSchema.safeParse([{ transform: 'numeric', columns: ['x'], smoothing: 1 }]).success).toBe(false);
  });
});
