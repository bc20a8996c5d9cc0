import type { TrainingEngine } from '../ports/training-engine.ts';
import type { Random } from '../statistics/random.ts';
import { type MixedRows, nearestNeighbours } from './nearest-neighbours.ts';

/** Where made-up rows lie: from row `base` the share `gap` of the way to its neighbour number `place`. */
export interface SmoteDraws {
  readonly base: Int32Array;
  readonly place: Int32Array;
  readonly gap: Float64Array;
}

/** `total` draws, uniform over rows, their neighbours and the way between. */
export function drawSmote(total: number, among: { readonly rows: number; readonly neighbours: number }, random: Random): SmoteDraws {
  const draws: SmoteDraws = { base: new Int32Array(total), place: new Int32Array(total), gap: new Float64Array(total) };
  for (let index = 0; index < total; index++) {
    draws.base[index] = random.integer(among.rows);
    draws.place[index] = random.integer(among.neighbours);
    draws.gap[index] = random.next();
  }
  return draws;
}

/** Rows [draws, width] between base and neighbour; `neighbours` [rows, count] as `nearestNeighbours` gives them. */
export function interpolateRows(values: Float32Array, width: number, plan: { readonly draws: SmoteDraws; readonly neighbours: Int32Array; readonly count: number }): Float32Array {
  const { draws, neighbours, count } = plan;
  const made = new Float32Array(draws.base.length * width);
  draws.base.forEach((base, index) => {
    const other = neighbours[base * count + (draws.place[index] ?? 0)] ?? base;
    const gap = draws.gap[index] ?? 0;
    for (let column = 0; column < width; column++) {
      const from = values[base * width + column] ?? 0;
      made[index * width + column] = from + gap * ((values[other * width + column] ?? 0) - from);
    }
  });
  return made;
}

/** The commonest category among the base row's neighbours, the lowest id of equals. */
export function commonestIds({ ids, embeddings }: MixedRows, plan: { readonly draws: SmoteDraws; readonly neighbours: Int32Array; readonly count: number }): Int32Array {
  const made = new Int32Array(plan.draws.base.length * embeddings);
  plan.draws.base.forEach((base, index) => {
    for (let column = 0; column < embeddings; column++) {
      const counts = new Map<number, number>();
      for (let place = 0; place < plan.count; place++) {
        const id = ids[(plan.neighbours[base * plan.count + place] ?? base) * embeddings + column] ?? 0;
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      const [commonest] = [...counts].sort(([left, often], [right, seldom]) => seldom - often || left - right);
      made[index * embeddings + column] = commonest?.[0] ?? 0;
    }
  });
  return made;
}

/** The square of the median over number columns of their standard deviation: what a category that differs adds to a squared distance. */
export function categoryMismatch({ rows, dense, width }: MixedRows): number {
  const deviations = Float64Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) sum += dense[row * width + column] ?? 0;
    const mean = sum / rows;
    for (let row = 0; row < rows; row++) squares += ((dense[row * width + column] ?? 0) - mean) ** 2;
    return Math.sqrt(squares / rows);
  }).sort();
  const middle = width >> 1;
  const median = width % 2 === 1 ? (deviations[middle] ?? 0) : ((deviations[middle - 1] ?? 0) + (deviations[middle] ?? 0)) / 2;
  return median ** 2;
}

export interface SmoteRows {
  readonly dense: Float32Array;
  readonly ids: Int32Array;
  /** Interpolates further columns [rows, width] of the same rows along the same ways. */
  readonly along: (values: Float32Array, width: number) => Float32Array;
}

/**
 * SMOTE for numbers, SMOTE-NC where rows have categories (Chawla, Bowyer, Hall and Kegelmeyer, 2002, sections 4.2 and 6.1):
 * `total` rows made up between a row of the minority and one of its `neighbours` nearest.
 */
export async function smote(minority: MixedRows, options: { readonly total: number; readonly neighbours: number; readonly engine: TrainingEngine; readonly random: Random }): Promise<SmoteRows> {
  const count = Math.min(options.neighbours, minority.rows - 1);
  const mismatch = minority.embeddings === 0 ? 0 : categoryMismatch(minority);
  const neighbours = await nearestNeighbours(minority, { count, mismatch, engine: options.engine });
  const plan = { draws: drawSmote(options.total, { rows: minority.rows, neighbours: count }, options.random), neighbours, count };
  const along = (values: Float32Array, width: number): Float32Array => interpolateRows(values, width, plan);
  return { dense: along(minority.dense, minority.width), ids: commonestIds(minority, plan), along };
}
