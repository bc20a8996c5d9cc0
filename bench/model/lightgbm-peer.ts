import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Table } from '../../src/data/table.ts';
import { peerPython } from '../peer-environment.ts';
import type { ModelRows } from './model-rows.ts';
import type { BenchModel } from './judge-models.ts';

interface Fitted {
  readonly name: string;
  readonly logLoss: number;
  readonly trees: number;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Tried with every set of columns; trees are added until May's log-loss has not fallen for 50 of them. */
const grid = [15, 31].flatMap((leaves) =>
  [0.5, 0.8].flatMap((share) => [50, 200].map((rows) => ({ num_leaves: leaves, learning_rate: 0.05, feature_fraction: share, bagging_fraction: 0.8, min_data_in_leaf: rows, lambda_l2: 5 }))),
);

/** LightGBM tuned on May with each set of columns. Categories reach it as categories. */
export async function fitLightGbm(rows: ModelRows, sets: Readonly<Record<string, readonly string[]>>, options: { readonly quick: boolean }): Promise<BenchModel[]> {
  const python = peerPython(join(import.meta.dirname, 'requirements.txt'), 'venv-model');
  const columns = [...new Set(Object.values(sets).flat())];
  const codes = new Map(columns.filter((name) => rows.fit.strings.has(name)).map((name) => [name, categoryCodes(rows.fit, name)]));
  const label = rows.pipeline.definition.data.label.column;
  const folder = await mkdtemp(join(tmpdir(), 'bench-model-'));
  try {
    for (const part of ['fit', 'calibrate', 'test'] as const) {
      const table = rows[part];
      await writeFile(join(folder, `${part}.bin`), Buffer.concat(columns.map((name) => bytesOf(numbersOf(table, name, codes.get(name))))));
      await writeFile(join(folder, `${part}-labels.bin`), bytesOf(numbersOf(table, label, undefined)));
    }
    await writeFile(join(folder, 'case.json'), JSON.stringify({ columns, categories: [...codes.keys()], sets, grid: options.quick ? grid.slice(0, 1) : grid, test: !options.quick }));
    const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, 'lightgbm-peer.py'), folder], { maxBuffer: 1e8 });
    const models: BenchModel[] = [];
    for (const line of stdout.trim().split('\n')) {
      // What our own script has just printed.
      const { name, trees, parameters, logLoss } = JSON.parse(line) as Fitted;
      console.log(`LightGBM, ${name}: ${trees} trees of ${JSON.stringify(parameters)}, May log-loss ${logLoss.toFixed(5)}`);
      models.push({ name: `LightGBM, ${name}`, calibrate: await numbersIn(join(folder, `${name}-calibrate-scores.bin`)), test: options.quick ? undefined : await numbersIn(join(folder, `${name}-test-scores.bin`)) });
    }
    return models;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function categoryCodes(table: Table, name: string): ReadonlyMap<string, number> {
  return new Map([...new Set(table.strings.get(name))].sort().map((value, code) => [value, code]));
}

/** A category that the fit rows do not have is missing. */
function numbersOf(table: Table, name: string, codes: ReadonlyMap<string, number> | undefined): Float64Array {
  const strings = table.strings.get(name);
  if (strings !== undefined) return Float64Array.from(strings, (value) => codes?.get(value) ?? Number.NaN);
  const numbers = table.numbers.get(name);
  if (numbers === undefined) throw new Error(`the dataset has no column ${name}`);
  return Float64Array.from(numbers);
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

async function numbersIn(path: string): Promise<Float64Array> {
  return new Float64Array(new Uint8Array(await readFile(path)).buffer);
}
