import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { createRandom } from '../statistics/random.ts';
import { type MixedRows, nearestNeighbours, squaredDistance } from './nearest-neighbours.ts';
import { categoryMismatch, commonestIds, drawSmote, interpolateRows, smote } from './smote.ts';

const numbers = z.array(z.number());
const caseSchema = z.object({ neighbours: z.array(numbers), base: numbers, place: numbers, gap: numbers, dense: z.array(numbers), ids: z.array(numbers) });
const golden = z
  .object({ library: z.string(), width: z.number(), dense: z.array(numbers), ids: z.array(numbers), smote: caseSchema, 'smote-nc': caseSchema })
  .parse(JSON.parse(await readFile(new URL('../../test/golden/smote.json', import.meta.url), 'utf8')));

const engine = onnxRuntimeEngine();
const count = 5;
const plain: MixedRows = { rows: golden.dense.length, dense: Float32Array.from(golden.dense.flat()), width: golden.width, ids: new Int32Array(), embeddings: 0 };
const mixed: MixedRows = { ...plain, ids: Int32Array.from(golden.ids.flat()), embeddings: 2 };
const rowsOf = (values: Int32Array, width: number): number[][] => Array.from({ length: values.length / width }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);

describe.each([
  ['SMOTE', plain, golden.smote],
  ['SMOTE-NC', mixed, golden['smote-nc']],
])(`%s agrees with ${golden.library} on the same seed rows`, (_, rows, expected) => {
  const mismatch = rows.embeddings === 0 ? 0 : categoryMismatch(rows);
  const plan = { draws: { base: Int32Array.from(expected.base), place: Int32Array.from(expected.place), gap: Float64Array.from(expected.gap) }, neighbours: Int32Array.from(expected.neighbours.flat()), count };

  it('the same neighbours, in the same order where no two are equally far', async () => {
    const found = rowsOf(await nearestNeighbours(rows, { count, mismatch, engine }), count);
    const distances = (row: number, others: readonly number[]): number[] => others.map((other) => Math.round(1e4 * squaredDistance(rows, { left: row, right: other }, mismatch)));
    found.forEach((others, row) => expect(distances(row, others)).toEqual(distances(row, expected.neighbours[row] ?? [])));
    expect(found.filter((others, row) => JSON.stringify(others) === JSON.stringify(expected.neighbours[row])).length).toBeGreaterThan(36);
  });

  it('the same made-up rows for the same base, neighbour and gap', () => {
    const made = interpolateRows(rows.dense, rows.width, plan);
    expected.dense.flat().forEach((value, index) => expect(made[index]).toBeCloseTo(value, 5));
  });

  it('the same categories, where one is commonest', () => {
    const made = rowsOf(commonestIds(mixed, plan), 2);
    if (rows.embeddings === 0) return;
    const clear = made.filter((ids, row) => {
      const near = (expected.neighbours[expected.base[row] ?? 0] ?? []).map((other) => golden.ids[other] ?? []);
      const unique = [0, 1].every((column) => {
        const counts = [0, 1, 2].map((category) => near.filter((others) => others[column] === category).length);
        return counts.filter((times) => times === Math.max(...counts)).length === 1;
      });
      if (unique) expect(ids).toEqual(expected.ids[row]);
      return unique;
    });
    expect(clear.length).toBeGreaterThan(25);
  });
});

describe('nearestNeighbours', () => {
  it('is exact across blocks, with far, huge and equal rows among them', async () => {
    const random = createRandom('neighbours');
    const [rows, width] = [300, 7];
    const dense = Float32Array.from({ length: rows * width }, (_, index) => (index < 70 ? 1000 : 1) * Math.round(8 * random.normal()));
    const space: MixedRows = { rows, dense, width, ids: Int32Array.from({ length: rows }, () => random.integer(3)), embeddings: 1 };
    const found = rowsOf(await nearestNeighbours(space, { count: 4, mismatch: 2.5, engine }), 4);
    found.forEach((others, row) => {
      const all = Array.from({ length: rows }, (_, other) => ({ other, distance: squaredDistance(space, { left: row, right: other }, 2.5) })).filter(({ other }) => other !== row);
      expect(others).toEqual(all.sort((left, right) => left.distance - right.distance || left.other - right.other).slice(0, 4).map(({ other }) => other));
    });
  });
});

describe('smote', () => {
  it('gives the same rows for the same seed and others for another', async () => {
    const make = (seed: string) => smote(mixed, { total: 30, neighbours: count, engine, random: createRandom(seed) });
    const [first, again, other] = [await make('a'), await make('a'), await make('b')];
    expect(again.dense).toEqual(first.dense);
    expect(again.ids).toEqual(first.ids);
    expect(other.dense).not.toEqual(first.dense);
  });

  it('draws every row, every neighbour and every gap alike', () => {
    const { base, place, gap } = drawSmote(6000, { rows: 20, neighbours: 3 }, createRandom('draws'));
    const share = (values: Int32Array, value: number): number => values.filter((drawn) => drawn === value).length / 6000;
    for (let row = 0; row < 20; row++) expect(Math.abs(share(base, row) - 0.05)).toBeLessThan(0.012);
    for (let neighbour = 0; neighbour < 3; neighbour++) expect(Math.abs(share(place, neighbour) - 1 / 3)).toBeLessThan(0.025);
    expect(gap.reduce((sum, value) => sum + value, 0) / 6000).toBeCloseTo(0.5, 1);
  });

  it('two rows are each other\'s only neighbour', async () => {
    const two: MixedRows = { rows: 2, dense: Float32Array.of(0, 10), width: 1, ids: new Int32Array(), embeddings: 0 };
    const { dense, along } = await smote(two, { total: 50, neighbours: 5, engine, random: createRandom('two') });
    expect(dense.every((value) => value >= 0 && value <= 10)).toBe(true);
    expect(along(Float32Array.of(0, 80), 1)).toEqual(dense.map((value) => 8 * value));
  });
});
