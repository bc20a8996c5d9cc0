import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { parseReferenceProfile, type ReferenceProfile } from '../../../src/drift/reference-profile.ts';
import { type CategoryBins, categoryBins, countStrings } from '../../../src/statistics/category-bins.ts';
import { countByDay } from '../../../src/statistics/count-by-day.ts';
import { dayIndex } from '../../../src/statistics/day-index.ts';
import { populationStability } from '../../../src/statistics/psi.ts';
import { countNumbers, type NumberBins, quantileBins } from '../../../src/statistics/quantile-bins.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { psiByPromQL, seriesOfExposition } from '../../test-fixtures/psi-of-exposition.ts';
import type { AnsweredRequest } from '../answer-observer.ts';
import { FeatureBins } from './feature-bins.ts';
import { readReferenceBins } from './reference-bins.ts';

interface Rows {
  readonly delay: Float64Array;
  readonly distance: Float64Array;
  readonly carrier: string[];
  readonly score: Float64Array;
}

/** Values that repeat, that are edges, that no float32 holds, that are missing. */
function makeRows(seed: string, count: number, shift = 0): Rows {
  const random = createRandom(seed);
  const numbers = (make: () => number): Float64Array => Float64Array.from({ length: count }, () => (random.next() < 0.05 ? Number.NaN : make()));
  return {
    delay: numbers(() => (Math.floor(random.next() * 40) - 10 + shift) / 3),
    distance: numbers(() => random.next() * 2500 + 100 * shift),
    carrier: Array.from({ length: count }, () => (random.next() < 0.03 ? '' : (['AA', 'UA', 'DL', 'B6'][Math.floor(random.next() ** (1 + shift) * 4)] ?? ''))),
    score: Float64Array.from({ length: count }, () => Math.fround(random.next() ** (1 + shift))),
  };
}

const fitted = makeRows('fit', 3000);
const days = dayIndex(Int32Array.from({ length: 3000 }, (_, row) => 15_800 + (row % 30)));
const profiled = <B extends NumberBins | CategoryBins>(bins: B, values: Float64Array | string[]) => ({ bins, counts: [...countByDay(bins, values, days).counts] });
const bins = { delay: quantileBins(fitted.delay), distance: quantileBins(fitted.distance), carrier: categoryBins(fitted.carrier.filter((name) => name !== 'B6')), score: quantileBins(fitted.score) };
const estimate = { value: 0.8, interval: [0.7, 0.9] as [number, number], sampleSize: 900 };
const profile: ReferenceProfile = parseReferenceProfile(JSON.parse(JSON.stringify({
  schema: 'taxiway/profile/v1', days: [...days.days], rowsPerDay: 100, baseRate: 0.2, threshold: 0.5, predictedRate: 0.2,
  columns: { departure_delay: profiled(bins.delay, fitted.delay), distance: profiled(bins.distance, fitted.distance), carrier: profiled(bins.carrier, fitted.carrier), never_sent: profiled(bins.delay, fitted.delay) },
  score: profiled(bins.score, fitted.score), slices: { by: null, values: {} }, performance: { accuracy: estimate, recall: estimate },
})));

const description = { numbers: ['departure_delay', 'distance'], strings: ['carrier', 'origin'], key: ['id'], eventTime: undefined, threshold: 0.5, pipeline: undefined };

function counting(text = JSON.stringify(profile)) {
  const registry = new Registry();
  const counted = new FeatureBins(readReferenceBins(text), { registry, description, version: '7' });
  return { counted, text: () => registry.metrics() };
}

const asRequest = ({ delay, distance, carrier, score }: Rows, purpose: AnsweredRequest['purpose'] = 'traffic'): AnsweredRequest => ({
  requestId: 'r', purpose, receivedAt: '2013-06-01T00:00:00.000Z', operatingPoint: { id: 'model', threshold: 0.5, source: 'validation' }, probabilities: score,
  rows: { count: score.length, numbers: Float32Array.from({ length: score.length * 2 }, (_, cell) => (cell % 2 === 0 ? delay : distance)[cell >> 1] ?? 0), strings: carrier.flatMap((name) => [name, 'JFK']) },
});

test.each([['few rows, with empty bins', 9, 0], ['as fitted', 2000, 0], ['moved', 2000, 2], ['far away', 500, 60]])('PSI by PromQL is that of the domain on the same rows: %s', async (_name, count, shift) => {
  const now = makeRows(`now ${shift}`, count, shift);
  const { counted, text } = counting();
  counted.answered(asRequest(now));
  const found = psiByPromQL(seriesOfExposition(await text()));
  const expected = (reference: Float64Array, current: Float64Array): number => populationStability(reference, current).psi;
  expect(found.get('departure_delay')).toBeCloseTo(expected(countNumbers(bins.delay, fitted.delay), countNumbers(bins.delay, now.delay)), 9);
  expect(found.get('distance')).toBeCloseTo(expected(countNumbers(bins.distance, fitted.distance), countNumbers(bins.distance, now.distance)), 9);
  expect(found.get('carrier')).toBeCloseTo(expected(countStrings(bins.carrier, fitted.carrier), countStrings(bins.carrier, now.carrier)), 9);
  expect(found.get('(score)')).toBeCloseTo(expected(countNumbers(bins.score, fitted.score), countNumbers(bins.score, now.score)), 9);
});

test('rows as sent are counted by their own digits, where 32 bits would put them on the other side of an edge', async () => {
  const edge = 1 / 3;
  const just = edge + 2 ** -40;
  const narrow = { ...profile, columns: { departure_delay: { bins: { kind: 'number', edges: [edge] }, counts: Array.from({ length: 90 }, () => 1) } } };
  const now: Rows = { delay: Float64Array.of(edge, just), distance: Float64Array.of(1, 1), carrier: ['AA', 'AA'], score: Float64Array.of(0.1, 0.1) };
  const binsOf = async (request: AnsweredRequest): Promise<number[]> => {
    const { counted, text } = counting(JSON.stringify(narrow));
    counted.answered(request);
    return seriesOfExposition(await text()).filter(({ name }) => name === 'taxiway_feature_bin_total').map(({ value }) => value);
  };
  expect(await binsOf({ ...asRequest(now), columns: [{ departure_delay: edge }, { departure_delay: just }] })).toEqual([1, 1, 0]);
  expect(await binsOf(asRequest(now))).toEqual([2, 0, 0]);
  // Rounded by the caller already: as in an FP32 tensor.
  expect(await binsOf({ ...asRequest(now), columns: [{ departure_delay: Math.fround(edge) }, { departure_delay: just }] })).toEqual([1, 1, 0]);
});

test('counters grow from scrape to scrape, and every bin is there before its first row', async () => {
  const { counted, text } = counting();
  const bin = async (): Promise<number[]> => seriesOfExposition(await text()).filter(({ name, labels }) => name === 'taxiway_feature_bin_total' && labels['feature'] === 'carrier').map(({ value }) => value);
  expect(await bin()).toEqual([0, 0, 0, 0, 0]);
  const rows = { delay: Float64Array.of(1, 2), distance: Float64Array.of(1, 2), score: Float64Array.of(0.1, 0.2) };
  counted.answered(asRequest({ ...rows, carrier: ['ZZ', ''] }));
  counted.answered(asRequest({ ...rows, carrier: ['B6', 'B6'] }));
  expect(await bin()).toEqual([0, 0, 0, 3, 1]);
  counted.answered(asRequest({ ...rows, carrier: ['ZZ', ''] }));
  expect(await bin()).toEqual([0, 0, 0, 4, 2]);
});

test('requests that verify a deployment are not traffic', async () => {
  const { counted, text } = counting();
  counted.answered(asRequest(makeRows('check', 50), 'verification'));
  expect(seriesOfExposition(await text()).filter(({ name, value }) => name.endsWith('_bin_total') && value !== 0)).toEqual([]);
});

test('a column that the model does not take is skipped and named', () => {
  const { counted } = counting();
  expect([counted.columns, counted.skipped]).toEqual([3, ['never_sent']]);
});

test('series of bins are bounded', () => {
  const many = { ...profile, columns: { distance: profile.columns['distance'], carrier: { bins: { kind: 'category', categories: Array.from({ length: 6000 }, (_, index) => `C${index}`) }, counts: Array.from({ length: 30 * 6002 }, () => 1) } } };
  expect(counting(JSON.stringify(many)).counted.skipped).toEqual(['carrier']);
});

test.each([
  ['another schema', { schema: 'taxiway/profile/v2' }, /no taxiway\/profile\/v1/],
  ['counts of fewer days', { days: [1] }, /counts/],
  ['edges that fall', { columns: { x: { bins: { kind: 'number', edges: [2, 1] }, counts: [] } } }, /"x"/],
  ['a category named like a bin', { columns: { x: { bins: { kind: 'category', categories: ['(other)'] }, counts: [] } } }, /one name/],
])('a profile with %s is refused', (_name, change, reason) => {
  expect(() => readReferenceBins(JSON.stringify({ ...profile, ...change }))).toThrow(reason);
});
