import { afterAll, describe, expect, test } from 'vitest';
import { emptyGateStore, fitGateModel, gateFlights, gatePipeline, writeGateCandidate, writeGateFlights } from '../../../test/builders/gate-scene.ts';
import { onnxRuntimeEngine } from '../../../test/builders/onnxruntime-engine.ts';
import type { Table } from '../../data/table.ts';
import { networkSchema } from '../../delaynet/training-schema.ts';
import { rocAuc } from '../../metrics/roc-auc.ts';
import { readCandidate } from '../candidate.ts';
import { openScorer } from '../model-scorer.ts';
import { withNoise } from './disturb.ts';
import { attackRows } from './gradient-attack.ts';
import { measuredColumns } from './plausible-steps.ts';
import { openWhiteBox, type WhiteBox } from './white-box.ts';

const engine = onnxRuntimeEngine();
const pipeline = await gatePipeline();
const { artifacts } = emptyGateStore();
const clean = gateFlights({ seed: 'attacked', days: 10 });
// Every tenth wind is missing.
const table: Table = { ...clean, numbers: new Map(clean.numbers).set('wind_speed', (clean.numbers.get('wind_speed') ?? new Float64Array()).map((value, row) => (row % 10 === 0 ? Number.NaN : value))) };
const labels = Uint8Array.from(table.numbers.get('delayed') ?? []);
const candidate = await readCandidate(artifacts, await writeGateCandidate({ artifacts, pipeline, dataset: await writeGateFlights(artifacts, clean), model: await fitGateModel(pipeline) }));
const opened = await openWhiteBox(candidate, { artifacts, engine });
if (typeof opened === 'string') throw new Error(opened);
const box = opened;
const scorer = await openScorer(candidate.model, engine);
afterAll(async () => {
  await box.release();
  await scorer.release();
});

const columns = measuredColumns(pipeline.definition, table);
const attack = (more: { readonly epsilon?: number; readonly steps?: number; readonly maximumStep?: Readonly<Record<string, number>> } = {}): Promise<Table> =>
  attackRows(box, { table, labels, columns, epsilon: 0.2, steps: 1, maximumStep: {}, ...more });
const aucOf = async (rows: Table): Promise<number> => rocAuc({ labels, scores: await scorer.score(rows) });
const valuesOf = (rows: Table, name: string): Float64Array => rows.numbers.get(name) ?? new Float64Array();

describe('the open box', () => {
  test('answers as model.onnx does', async () => {
    const { probabilities } = await box.gradients(table, new Float32Array(table.rows));
    const scores = await scorer.score(table);
    expect(Math.max(...scores.map((score, row) => Math.abs(score - (probabilities[row] ?? Number.NaN))))).toBeLessThan(1e-6);
  });

  test('gives the gradient that differences of its own logits show', async () => {
    const turns = new Float32Array(table.rows).fill(1);
    const { observed, dense } = await box.gradients(table, turns);
    const logit = async (rows: Table): Promise<number[]> => [...(await box.gradients(rows, turns)).probabilities].map((probability) => Math.log(probability / (1 - probability)));
    const step = 0.5;
    const moved = (by: number): Table => ({ ...table, numbers: new Map(table.numbers).set('departure_delay', valuesOf(table, 'departure_delay').map((value) => value + by)) });
    const [above, below, encodedAbove, encodedBelow] = [await logit(moved(step)), await logit(moved(-step)), await box.encode(moved(step)), await box.encode(moved(-step))];
    const place = box.encoded.indexOf('departure_delay');
    const width = box.encoded.length;
    const differences = above.map((value, row) => value - (below[row] ?? Number.NaN));
    // The mean over rows is differentiated, so each row's gradient is a share of its own.
    const gradients = above.map((_, row) => table.rows * ((observed[row] ?? 0) * 2 * step + (dense[row * width + place] ?? 0) * ((encodedAbove[row * width + place] ?? 0) - (encodedBelow[row * width + place] ?? 0))));
    const sure = differences.map((_, row) => row).filter((row) => Math.abs(above[row] ?? 99) < 8);
    expect(sure.length).toBeGreaterThan(200);
    for (const row of sure) expect(Math.abs((differences[row] ?? 0) - (gradients[row] ?? 0))).toBeLessThan(0.05 * Math.max(0.2, Math.abs(differences[row] ?? 0)));
  });

  test('opens a network with batch normalisation and a plain sigmoid too', async () => {
    const { definition } = pipeline;
    const network = networkSchema.parse({ layers: [{ type: 'dense', units: 8, activation: 'linear' }, { type: 'batch-norm' }, { type: 'dense', units: 4, activation: 'tanh' }], head: { type: 'sigmoid' } });
    const normalised = { ...pipeline, definition: { ...definition, training: { ...definition.training, network } } };
    const other = await readCandidate(artifacts, await writeGateCandidate({ artifacts, pipeline: normalised, dataset: candidate.dataset, model: await fitGateModel(normalised) }));
    const otherBox = await openWhiteBox(other, { artifacts, engine });
    const otherScorer = await openScorer(other.model, engine);
    if (typeof otherBox === 'string') throw new Error(otherBox);
    const scores = await otherScorer.score(table);
    const attacked = await otherScorer.score(await attackRows(otherBox, { table, labels, columns, epsilon: 0.2, steps: 1, maximumStep: {} }));
    // Every row is pushed to the other side of its label.
    const pushed = scores.filter((score, row) => (labels[row] === 1 ? score >= (attacked[row] ?? 1) : score <= (attacked[row] ?? 0)));
    expect(pushed.length / scores.length).toBeGreaterThan(0.99);
    await otherBox.release();
    await otherScorer.release();
  });

  test('of a candidate without its state stays shut, and says why', async () => {
    const bare = { ...candidate, artifact: { ...candidate.artifact, manifest: { ...candidate.artifact.manifest, files: {} } } };
    expect(await openWhiteBox(bare, { artifacts, engine })).toMatch(/carries no training state/);
  });
});

describe('a gradient attack', () => {
  test('takes more of the ranking away than noise of the same size, and more steps take no less', async () => {
    const [before, noise, fgsm, pgd] = [await aucOf(table), await aucOf(withNoise(table, columns, { scale: 0.2, seed: 'x' })), await aucOf(await attack()), await aucOf(await attack({ steps: 5 }))];
    expect(before - noise).toBeLessThan((before - fgsm) / 3);
    expect(pgd).toBeLessThanOrEqual(fgsm + 0.002);
  });

  test('moves measured columns alone, by no more than their step and never out of their range', async () => {
    const attacked = await attack({ steps: 4, maximumStep: { departure_delay: 1 } });
    expect(columns.map(({ name }) => name).sort()).toEqual(['departure_delay', 'weather_severity', 'wind_speed']);
    expect(attacked.strings).toEqual(table.strings);
    expect(valuesOf(attacked, 'hour')).toEqual(valuesOf(table, 'hour'));
    for (const { name, spread, range } of columns) {
      const step = name === 'departure_delay' ? 1 : 0.2 * spread;
      const moves = valuesOf(attacked, name).map((value, row) => Math.abs(value - (valuesOf(table, name)[row] ?? Number.NaN))).filter((move) => !Number.isNaN(move));
      expect(Math.max(...moves)).toBeGreaterThan(0.9 * step);
      expect(Math.max(...moves)).toBeLessThanOrEqual(step * (1 + 1e-9));
      const present = valuesOf(attacked, name).filter((value) => !Number.isNaN(value));
      expect(Math.min(...present)).toBeGreaterThanOrEqual(range[0]);
      expect(Math.max(...present)).toBeLessThanOrEqual(range[1]);
    }
  });

  test('leaves missing values missing', async () => {
    const wind = valuesOf(await attack({ steps: 3 }), 'wind_speed');
    expect(wind.map((value) => (Number.isNaN(value) ? 1 : 0))).toEqual(valuesOf(table, 'wind_speed').map((value) => (Number.isNaN(value) ? 1 : 0)));
  });

  test('is the same again', async () => {
    expect((await attack({ steps: 3 })).numbers).toEqual((await attack({ steps: 3 })).numbers);
  });

  test('moves every column that one encoded number is made of, each in its own direction', async () => {
    // One number a − b: were both moved at once, it would not change at all.
    const value = (rows: Table, row: number): number => (valuesOf(rows, 'a')[row] ?? 0) - (valuesOf(rows, 'b')[row] ?? 0);
    const difference: WhiteBox = {
      columns: ['a', 'b'],
      encoded: ['difference'],
      sources: [['a', 'b']],
      observed: null,
      encode: (rows) => Promise.resolve(Float32Array.from({ length: rows.rows }, (_, row) => value(rows, row))),
      gradients: (_rows, turns) => Promise.resolve({ probabilities: new Float32Array(turns.length), dense: turns, observed: new Float32Array() }),
      release: () => Promise.resolve(),
    };
    const two: Table = { rows: 2, numbers: new Map([['a', Float64Array.of(0, 0)], ['b', Float64Array.of(0, 0)]]), strings: new Map() };
    const moved = await attackRows(difference, { table: two, labels: Uint8Array.of(0, 1), columns: ['a', 'b'].map((name) => ({ name, spread: 1, range: [-9, 9] as const })), epsilon: 0.5, steps: 1, maximumStep: {} });
    expect([...valuesOf(moved, 'a')]).toEqual([0.5, -0.5]);
    expect([...valuesOf(moved, 'b')]).toEqual([-0.5, 0.5]);
  });
});
