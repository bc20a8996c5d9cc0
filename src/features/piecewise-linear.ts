import { z } from 'zod';
import { numberColumn, sortedPresent } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('piecewise-linear').describe('Gorishniy et al. (2022): for each of the bins between training quantiles, how far the number has come through it, 0 to 1.'),
  columns: z.array(z.string()).min(1),
  bins: z.number().int().min(2).max(256).default(16).describe('Equal quantiles give fewer.'),
});
const fittedSchema = z.strictObject({ edges: z.array(z.array(z.number()).min(1)) });

/** Distinct quantiles at 0, 1/bins, …, 1 of ascending numbers; narrower gaps than float32 can divide by are closed. */
export function binEdges(sorted: Float32Array, bins: number): number[] {
  const quantiles = Array.from({ length: bins + 1 }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / bins)] ?? 0);
  const edges: number[] = [];
  for (const value of quantiles) if (value - (edges.at(-1) ?? -Infinity) > 1e-30) edges.push(value);
  return edges;
}

/** Start and width of each bin; a constant column has one, of width 1, that its value does not enter. */
const binsOf = (edges: readonly number[]): { start: number; width: number }[] =>
  edges.length === 1 ? [{ start: edges[0] ?? 0, width: 1 }] : edges.slice(1).map((end, index) => ({ start: edges[index] ?? 0, width: end - (edges[index] ?? 0) }));

/**
 * Piecewise-linear encoding (Gorishniy, Rubachev and Babenko, "On embeddings for numerical features in tabular deep learning",
 * 2022, equation 1) over quantile bins. Unlike theirs it is constant outside the training range, so that no number is too large.
 */
export const piecewiseLinear = {
  schema,
  create: ({ columns, bins }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: (table) => ({ edges: columns.map((name) => binEdges(sortedPresent(numberColumn(table, name)), bins)) }),
    addTo: ({ graph, numbers }, fitted) => {
      const places = fittedSchema.parse(fitted).edges.flatMap((edges, index) => binsOf(edges).map((bin, place) => ({ ...bin, column: columns[index] ?? '', place })));
      const shape = ['rows', places.length];
      const row = (data: readonly number[]) => graph.constant({ type: 'float', shape: [1, places.length], data });
      const shifted = graph.apply('Sub', [numbers(places.map(({ column }) => column)), row(places.map(({ start }) => start))], { shape });
      const scaled = graph.apply('Div', [shifted, row(places.map(({ width }) => width))], { shape });
      const value = graph.apply('Clip', [scaled, graph.scalar(0), graph.scalar(1)], { shape });
      return { dense: { value, names: places.map(({ column, place }) => `${column}.bin${place + 1}`) } };
    },
  }),
};
