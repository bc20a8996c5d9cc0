import { describe, expect, it } from 'vitest';
import { encodeFeatures, tableOf } from '../../test/builders/encode-features.ts';
import { createRandom } from '../statistics/random.ts';
import { largestNumber, medianOfPresent, presentNumber, sortedPresent } from './column-values.ts';
import { featuresSchema } from './features-schema.ts';
import { binEdges } from './piecewise-linear.ts';
import { severityIndex, type SeverityWeights } from './weather-severity.ts';

const random = createRandom('number transforms');
const strange = [NaN, Infinity, -Infinity, 1e38, -1e38, 1e39, -1e39, Number.MAX_VALUE, 1e-45, -1e-45, 5e-324, -0, 0];
const columns: Record<string, number[]> = {
  smooth: Array.from({ length: 400 }, () => random.normal() * 20),
  gappy: Array.from({ length: 400 }, () => (random.next() < 0.3 ? NaN : 5 * random.next())),
  constant: new Array<number>(400).fill(0.1),
  absent: new Array<number>(400).fill(NaN),
  strange: Array.from({ length: 400 }, () => strange[random.integer(strange.length)] ?? 0),
  tiny: Array.from({ length: 400 }, () => 1e-45 * random.integer(3)),
  huge: Array.from({ length: 400 }, () => 1e38 * random.normal()),
};
const names = Object.keys(columns);
const train = tableOf(columns);
const probes = [...strange, ...(columns['smooth'] ?? []).slice(0, 50), 0.1, 0.2, 2.5];
const table = tableOf(Object.fromEntries(names.map((name) => [name, probes])));
const median = (name: string): number => medianOfPresent(Float64Array.from(columns[name] ?? []));
const sorted = (name: string): Float32Array => sortedPresent(Float64Array.from(columns[name] ?? []));
/** What every transform starts from. */
const filled = (name: string, probe: number): number => (Number.isNaN(presentNumber(probe)) ? median(name) : presentNumber(probe));

async function expectPlain(feature: object, plain: (name: string, value: number) => number): Promise<void> {
  const { dense, names: encoded, width } = await encodeFeatures([{ columns: names, ...feature }], train, { table });
  expect(encoded).toHaveLength(names.length);
  names.forEach((name, column) => {
    probes.forEach((probe, row) => {
      expect(Math.abs((dense[row * width + column] ?? NaN) - plain(name, filled(name, probe))), `${name} at ${probe}`).toBeLessThan(1e-5);
    });
  });
}

describe('a number that is no measurement', () => {
  it.each(['numeric', 'min-max', 'quantile-normal', 'piecewise-linear', 'missing-indicator', 'cyclical-time'])('%s stays finite for NaN, ±∞, absurd and subnormal values, in training and after', async (transform) => {
    const options = transform === 'cyclical-time' ? { period: 24 } : {};
    const { dense } = await encodeFeatures([{ transform, columns: names, ...options }], train, { table });
    expect(dense.every((value) => Number.isFinite(value) && Math.abs(value) <= 50)).toBe(true);
  });

  it.each(['numeric', 'min-max', 'quantile-normal', 'piecewise-linear', 'cyclical-time'])('%s takes ±∞ for missing, and missing for the median', async (transform) => {
    const options = transform === 'cyclical-time' ? { period: 24 } : {};
    const rows = tableOf(Object.fromEntries(names.map((name) => [name, [median(name), NaN, Infinity, -Infinity, 1e39]])));
    const { dense, width } = await encodeFeatures([{ transform, columns: names, ...options }], train, { table: rows });
    for (let row = 1; row < 5; row++) expect(dense.slice(row * width, (row + 1) * width)).toEqual(dense.slice(0, width));
  });

  it('the observed column is finite too', async () => {
    const { observed } = await encodeFeatures([{ transform: 'numeric', columns: ['smooth'] }], train, { table, observed: 'smooth' });
    probes.forEach((probe, row) => {
      expect(observed[row]).toBe(Math.fround(filled('smooth', probe)));
    });
    expect(Math.max(...observed)).toBe(Math.fround(largestNumber));
  });
});

describe('transforms agree with plain arithmetic', () => {
  it('min-max', async () => {
    await expectPlain({ transform: 'min-max' }, (name, value) => {
      const [least, most] = [sorted(name)[0] ?? 0, sorted(name).at(-1) ?? 0];
      return Math.max(0, Math.min(1, (value - least) / (most - least > 1e-30 ? most - least : 1)));
    });
  });

  it('missing-indicator', async () => {
    const { dense, names: encoded } = await encodeFeatures([{ transform: 'missing-indicator', columns: ['smooth'] }], train, { table: tableOf({ smooth: [1, NaN, Infinity, -Infinity, 0, 1e38] }) });
    expect(encoded).toEqual(['smooth.missing']);
    expect([...dense]).toEqual([0, 1, 1, 1, 0, 0]);
  });
});

describe('piecewise-linear', () => {
  it('says for each bin how far the number has come through it', async () => {
    const x = Array.from({ length: 101 }, (_, index) => index);
    const { dense, names: encoded } = await encodeFeatures([{ transform: 'piecewise-linear', columns: ['x'], bins: 4 }], tableOf({ x }), { table: tableOf({ x: [-9, 0, 10, 25, 60, 100, 999] }) });
    expect(encoded).toEqual(['x.bin1', 'x.bin2', 'x.bin3', 'x.bin4']);
    expect([...dense]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0.4, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0.4, 0, 1, 1, 1, 1, 1, 1, 1, 1].map(Math.fround));
  });

  it('agrees with the equation of the paper inside the training range', async () => {
    const { dense, width, names: encoded } = await encodeFeatures([{ transform: 'piecewise-linear', columns: ['smooth', 'gappy'], bins: 9 }], train, { table });
    const bins = ['smooth', 'gappy'].flatMap((name) => binEdges(sorted(name), 9).slice(1).map((end, index) => ({ name, start: binEdges(sorted(name), 9)[index] ?? 0, end })));
    expect(encoded).toHaveLength(bins.length);
    bins.forEach(({ name, start, end }, column) => {
      probes.forEach((probe, row) => {
        const value = filled(name, probe);
        const plain = value < start ? 0 : value >= end ? 1 : (value - start) / (end - start);
        expect(dense[row * width + column], `${name} at ${probe}`).toBeCloseTo(plain, 5);
      });
    });
  });

  it('gives a constant and an all-missing column one bin that says nothing', async () => {
    const { dense, names: encoded } = await encodeFeatures([{ transform: 'piecewise-linear', columns: ['constant', 'absent'] }], train);
    expect(encoded).toEqual(['constant.bin1', 'absent.bin1']);
    expect(new Set(dense)).toEqual(new Set([0]));
  });
});

describe('weather-severity', () => {
  const measures = ['visibility', 'wind', 'gust', 'rain3', 'rain', 'degrees'];
  const draw = (place: number): number => (random.next() < 0.15 ? (strange[random.integer(3)] ?? NaN) : (random.next() < 0.3 ? ([10, 10, 20, 0, 0.1, 32][place] ?? 0) : random.next() * ([12, 50, 60, 1, 0.4, 100][place] ?? 1)));
  const weather = tableOf(Object.fromEntries(measures.map((name, place) => [name, Array.from({ length: 500 }, () => draw(place))])));
  const weightsOf = (weights: object): SeverityWeights => {
    const [feature] = featuresSchema.parse([{ transform: 'weather-severity', columns: measures, weights }]);
    if (feature?.transform !== 'weather-severity') throw new Error('another transform');
    return feature.weights;
  };

  it.each([{}, { visibility: 1, wind: 0 }, { convective: 0.6, freezing: 0.4 }])('agrees with the published formula, weights %o', async (weights) => {
    const { dense } = await encodeFeatures([{ transform: 'weather-severity', columns: measures, weights }], weather);
    for (let row = 0; row < 500; row++) {
      const measured = measures.map((name) => presentNumber(weather.numbers.get(name)?.[row] ?? NaN));
      expect(dense[row], measured.join()).toBeCloseTo(severityIndex(measured, weightsOf(weights)), 5);
    }
  });

  it('is 0 in fair weather and where nothing is measured, and .9 in the worst winter storm, which has no thunder', async () => {
    const { dense } = await encodeFeatures([{ transform: 'weather-severity', columns: measures }], weather, {
      table: tableOf(Object.fromEntries(measures.map((name, place) => [name, [[10, 5, NaN, 0, 0, 70][place] ?? 0, NaN, [0, 60, 70, 2, 1, 20][place] ?? 0]]))),
    });
    [0, 0, 0.9].forEach((expected, row) => expect(dense[row]).toBeCloseTo(expected, 6));
  });
});
