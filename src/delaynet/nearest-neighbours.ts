import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';

/** Rows in a space of numbers and categories, all row-major. */
export interface MixedRows {
  readonly rows: number;
  /** [rows, width] */
  readonly dense: Float32Array;
  readonly width: number;
  /** [rows, embeddings] */
  readonly ids: Int32Array;
  readonly embeddings: number;
}

/** Rows whose products with all others are held at once. */
const blockRows = 128;

/** A graph that multiplies a block of rows with all rows: `dots` [block, rows]. */
function productGraph({ dense, rows, width }: MixedRows): Uint8Array {
  const transposed = new Float32Array(width * rows);
  for (let row = 0; row < rows; row++) for (let column = 0; column < width; column++) transposed[column * rows + row] = dense[row * width + column] ?? 0;
  const graph = new GraphBuilder();
  const block = graph.input('block', 'float', ['block', width]);
  const all = graph.constant({ type: 'float', shape: [width, rows], data: transposed });
  graph.output(graph.apply('MatMul', [block, all], { shape: ['block', rows] }), 'dots');
  return graph.model('products');
}

/** Squared Euclidean distance, each category that differs adding `mismatch`. */
export function squaredDistance(space: MixedRows, pair: { readonly left: number; readonly right: number }, mismatch: number): number {
  const { dense, width, ids, embeddings } = space;
  let sum = 0;
  for (let column = 0; column < width; column++) sum += ((dense[pair.left * width + column] ?? 0) - (dense[pair.right * width + column] ?? 0)) ** 2;
  for (let column = 0; column < embeddings; column++) if (ids[pair.left * embeddings + column] !== ids[pair.right * embeddings + column]) sum += mismatch;
  return sum;
}

/**
 * The `count` nearest other rows of every row, nearest first, ties to the lower index: [rows, count]. Exact: float32 products from the engine
 * (‖a‖² + ‖b‖² − 2a·b) leave a few candidates within their error bound, which double precision then orders.
 */
export async function nearestNeighbours(space: MixedRows, options: { readonly count: number; readonly mismatch: number; readonly engine: TrainingEngine }): Promise<Int32Array> {
  const { rows, width, dense } = space;
  const count = Math.min(options.count, rows - 1);
  const squares = Float64Array.from({ length: rows }, (_, row) => dense.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value * value, 0));
  const longest = Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
  const found = new Int32Array(rows * count);
  const session = await options.engine.openSession(productGraph(space));
  try {
    for (let start = 0; start < rows; start += blockRows) {
      const block = dense.subarray(start * width, Math.min(rows, start + blockRows) * width);
      const blockSize = block.length / width;
      const dots = (await session.run({ block: { type: 'float32', dims: [blockSize, width], data: block } }))['dots'];
      if (dots?.type !== 'float32') throw new Error('the engine gave no products');
      for (let index = 0; index < blockSize; index++) {
        const row = start + index;
        // Rounding of a float32 dot product is below (width + 2) · 2⁻²⁴ · ‖a‖ · ‖b‖; twice that in the distance, on both sides.
        const slack = 4 * (width + 2) * 2 ** -24 * Math.sqrt(squares[row] ?? 0) * longest + 1e-12;
        const candidates = candidatesOf(dots.data.subarray(index * rows, (index + 1) * rows), { space, squares, row, count, slack, mismatch: options.mismatch });
        const exact = candidates.map((other) => ({ other, distance: squaredDistance(space, { left: row, right: other }, options.mismatch) }));
        exact.sort((left, right) => left.distance - right.distance || left.other - right.other);
        for (let place = 0; place < count; place++) found[row * count + place] = exact[place]?.other ?? 0;
      }
    }
  } finally {
    await session.release();
  }
  return found;
}

interface CandidateOptions {
  readonly space: MixedRows;
  readonly squares: Float64Array;
  readonly row: number;
  readonly count: number;
  readonly slack: number;
  readonly mismatch: number;
}

/** Every row that may be among the nearest `count`, and few that are not. */
function candidatesOf(dots: Float32Array, options: CandidateOptions): number[] {
  const { space, squares, row, count, slack, mismatch } = options;
  const { ids, embeddings } = space;
  const own = ids.subarray(row * embeddings, (row + 1) * embeddings);
  /** The smallest `count` estimates so far, ascending; what lies beyond the last of them by more than the slack is out. */
  const best = new Float64Array(count).fill(Infinity);
  const candidates: number[] = [];
  const estimates: number[] = [];
  let limit = Infinity;
  for (let other = 0; other < squares.length; other++) {
    let estimate = (squares[other] ?? 0) - 2 * (dots[other] ?? 0);
    if (!(estimate <= limit) || other === row) continue;
    for (let column = 0; column < embeddings; column++) if (own[column] !== ids[other * embeddings + column]) estimate += mismatch;
    if (!(estimate <= limit)) continue;
    candidates.push(other);
    estimates.push(estimate);
    let place = count - 1;
    if (estimate >= (best[place] ?? Infinity)) continue;
    for (; place > 0 && (best[place - 1] ?? Infinity) > estimate; place--) best[place] = best[place - 1] ?? Infinity;
    best[place] = estimate;
    limit = (best[count - 1] ?? Infinity) + slack;
  }
  return candidates.filter((_, index) => (estimates[index] ?? Infinity) <= limit);
}
