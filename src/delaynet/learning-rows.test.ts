import { describe, expect, it } from 'vitest';
import { tableOf } from '../../test/builders/encode-features.ts';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { featuresSchema } from '../features/features-schema.ts';
import { createRandom } from '../statistics/random.ts';
import { learningRows } from './learning-rows.ts';
import { prepareRows } from './prepare-rows.ts';
import { trainingSchema } from './training-schema.ts';

const engine = onnxRuntimeEngine();
const random = createRandom('learning rows');
const rows = 200;
const x = Array.from({ length: rows }, () => random.normal());
const target = x.map((value) => Math.round(12 * value + 3 * random.normal()));
const table = tableOf({ x, d: x.map((value) => 12 * value), target, late: target.map((value) => (value >= 15 ? 1 : 0)) }, { kind: x.map(() => ['AA', 'UA', 'B6'][random.integer(3)] ?? '') });
const positives = target.filter((value) => value >= 15).length;
const features = featuresSchema.parse([
  { transform: 'numeric', columns: ['x'] },
  { transform: 'target-encoding', columns: ['kind'], smoothing: 5 },
  { transform: 'one-hot', columns: ['kind'], 'minimum-count': 5 },
  { transform: 'embedding', columns: ['kind'], dimensions: 2, 'minimum-count': 5 },
]);

async function learn(changes: object = {}) {
  const training = trainingSchema.parse({
    window: 'w', engine: 'auto', seed: 3, 'category-dropout': 0, loss: { type: 'cross-entropy' }, optimizer: { type: 'adam', 'learning-rate': 0.01 }, 'batch-size': 64, 'maximum-epochs': 1, patience: 1, threshold: { policy: 'recall', target: 0.8 },
    network: { layers: [], head: { type: 'delay', observed: 'd', target: 'target', cut: 15, 'auxiliary-cuts': [20, -10] } }, ...changes,
  });
  const options = { features, training, fit: table, calibrate: table, label: 'late', engine };
  const prepared = await prepareRows(options);
  return { prepared, learned: await learningRows(prepared, options) };
}

describe('learningRows', () => {
  it('are the training rows themselves where nothing is asked', async () => {
    const { prepared, learned } = await learn();
    expect(learned.rows).toBe(prepared.fit);
    expect(learned.positiveShare).toBe(positives / rows);
  });

  it('SMOTE adds positive rows up to the ratio, after the real ones', async () => {
    const { prepared, learned } = await learn({ sampling: { type: 'smote', ratio: 0.5 } });
    const wanted = Math.round(0.5 * (rows - positives)) - positives;
    expect(learned.rows.rows).toBe(rows + wanted);
    expect(learned.rows.dense.subarray(0, prepared.fit.dense.length)).toEqual(prepared.fit.dense);
    expect(learned.positiveShare).toBeCloseTo((positives + wanted) / (rows + wanted), 12);
    for (let row = rows; row < learned.rows.rows; row++) expect(learned.targets[3 * row]).toBe(1);
  });

  it('a made-up row keeps observed value, target and encoding on the way between two real rows', async () => {
    const { prepared, learned } = await learn({ sampling: { type: 'smote', neighbours: 3 } });
    const { width, dense, observed } = learned.rows;
    // x is encoded as a straight line, and d is 12 x: what SMOTE makes up keeps that.
    const slope = ((prepared.fit.observed[1] ?? 0) - (prepared.fit.observed[0] ?? 0)) / ((dense[width] ?? 0) - (dense[0] ?? 0));
    const offset = (prepared.fit.observed[0] ?? 0) - slope * (dense[0] ?? 0);
    for (let row = rows; row < learned.rows.rows; row++) {
      expect(observed[row]).toBeCloseTo(offset + slope * (dense[row * width] ?? 0), 3);
      // Reaching 20 is asked of the target, which lies above 15 and so above −10.
      expect(learned.targets[3 * row + 2]).toBe(1);
    }
    const reached = Array.from({ length: learned.rows.rows - rows }, (_, index) => learned.targets[3 * (rows + index) + 1]);
    expect(new Set(reached)).toEqual(new Set([0, 1]));
  });

  it('the pipeline asks for category dropout unless it says otherwise', async () => {
    expect((await learn({ 'category-dropout': undefined })).learned.rows.rows).toBe(rows + 2);
  });

  it('adds nothing where the ratio is met', async () => {
    expect((await learn({ sampling: { type: 'smote', ratio: 0.01 } })).learned.rows.rows).toBe(rows);
  });

  it('category dropout repeats rows with the category hidden: id 0, the first indicator, the overall rate, all else as it was', async () => {
    const { prepared, learned } = await learn({ 'category-dropout': 0.1 });
    const { width } = prepared.fit;
    expect(learned.rows.rows).toBe(rows + 20);
    [...(prepared.hidden?.source ?? [])].forEach((source, index) => {
      const [row, start] = [rows + index, (rows + index) * width];
      expect(learned.rows.ids[row]).toBe(0);
      expect([...learned.rows.dense.subarray(start + 2, start + 6)]).toEqual([1, 0, 0, 0]);
      expect(learned.rows.dense[start + 1]).toBe(learned.rows.dense[rows * width + 1]);
      expect(learned.rows.dense[start]).toBe(prepared.fit.dense[source * width]);
      expect(learned.rows.observed[row]).toBe(prepared.fit.observed[source]);
      expect([...learned.targets.subarray(3 * row, 3 * row + 3)]).toEqual([...learned.targets.subarray(3 * source, 3 * source + 3)]);
    });
  });
});
