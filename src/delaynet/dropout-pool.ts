import type { Random } from '../statistics/random.ts';

/** Rows beyond one batch: how many places a batch's mask can begin at. */
const spareRows = 1024;

export const dropoutPoolRows = (batchSize: number): number => batchSize + spareRows;

/**
 * An epoch's dropout masks for one layer: rows of 0 and 1/(1 − rate), row-major. Each step reads a run of rows that begins at a
 * random place, a copy instead of a hundred thousand draws; drawn outside the graph, so every engine drops the same units and a
 * resumed training goes on exactly.
 */
export function dropoutPool(shape: { readonly rows: number; readonly width: number }, rate: number, random: Random): Float32Array {
  const kept = 1 / (1 - rate);
  const bound = 2 ** 32;
  const limit = rate * bound;
  const pool = new Float32Array(shape.rows * shape.width);
  for (let index = 0; index < pool.length; index++) if (random.integer(bound) >= limit) pool[index] = kept;
  return pool;
}

/** The pool row at which each step's mask begins, [steps, layers]. */
export function dropoutOffsets(shape: { readonly steps: number; readonly layers: number }, random: Random): BigInt64Array {
  return BigInt64Array.from({ length: shape.steps * shape.layers }, () => BigInt(random.integer(spareRows + 1)));
}
