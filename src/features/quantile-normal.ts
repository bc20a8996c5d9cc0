import { z } from 'zod';
import { integer } from '../onnx/attribute-proto.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { numberColumn, sortedPresent } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { knotCount, quantileKnots, type QuantileKnots } from './quantile-knots.ts';

const schema = z.strictObject({
  transform: z.literal('quantile-normal').describe('The rank among the training rows as a standard normal score, linear between 257 quantiles.'),
  columns: z.array(z.string()).min(1),
});
const fittedSchema = z.strictObject({ knots: z.array(z.strictObject({ positions: z.array(z.number()), scores: z.array(z.number()) })) });

/** Beyond any float32 measurement, so the search never steps onto a padding knot. */
const padding = 3e38;

/** Position, score and slope of each knot, padded to 257 a column, flat. */
function knotTables(knots: readonly QuantileKnots[]): { positions: number[]; scores: number[]; slopes: number[] } {
  const pad = (values: readonly number[], filler: number): number[] => Array.from({ length: knotCount }, (_, index) => values[index] ?? filler);
  // Between subnormal neighbours a slope would be infinite in float32, and 0 · ∞ is NaN: a step there is no loss.
  const finite = (slope: number): number => (Number.isFinite(Math.fround(slope)) ? slope : 0);
  const slopes = ({ positions, scores }: QuantileKnots): number[] =>
    positions.slice(1).map((end, index) => finite(((scores[index + 1] ?? 0) - (scores[index] ?? 0)) / (end - (positions[index] ?? 0))));
  return {
    positions: knots.flatMap((column) => pad(column.positions, padding)),
    scores: knots.flatMap((column) => pad(column.scores, column.scores.at(-1) ?? 0)),
    slopes: knots.flatMap((column) => pad(slopes(column), 0)),
  };
}

/** Index of the last knot not above each value, found by halving: [rows, columns] int32 into the flat tables. */
function searchKnots(graph: GraphBuilder, values: Value, positions: Value): Value {
  const { shape } = values;
  const columns = Number(shape[1]);
  const whole = (data: readonly number[], size: readonly number[]): Value => graph.constant({ type: 'int32', shape: size, data });
  let found = whole(Array.from({ length: columns }, (_, column) => column * knotCount), [1, columns]);
  for (let step = 128; step >= 1; step >>= 1) {
    const trial = graph.apply('Add', [found, whole([step], [])], { shape: found.shape });
    const knot = graph.apply('Gather', [positions, trial], { shape: found.shape, type: 'float' });
    const reached = graph.apply('GreaterOrEqual', [values, knot], { shape, type: 'bool' });
    found = graph.apply('Where', [reached, trial, found], { shape, type: 'int32' });
  }
  return found;
}

/** Rank-based normal scores; robust to the long tails of delays. */
export const quantileNormal = {
  schema,
  create: ({ columns }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: (table) => ({ knots: columns.map((name) => quantileKnots(sortedPresent(numberColumn(table, name)))) }),
    addTo: ({ graph, numbers }, fitted) => {
      const { knots } = fittedSchema.parse(fitted);
      const shape = ['rows', columns.length];
      const tables = knotTables(knots);
      const flat = (data: readonly number[]): Value => graph.constant({ type: 'float', shape: [data.length], data });
      const positions = flat(tables.positions);
      const ends = (place: number): Value => graph.constant({ type: 'float', shape: [1, columns.length], data: knots.map((column) => column.positions.at(place) ?? 0) });
      const values = graph.apply('Min', [graph.apply('Max', [numbers(columns), ends(0)], { shape }), ends(-1)], { shape });
      const index = searchKnots(graph, values, positions);
      const pick = (table: Value): Value => graph.apply('Gather', [table, index], { shape, attributes: { axis: integer(0) } });
      const distance = graph.apply('Sub', [values, pick(positions)], { shape });
      const rise = graph.apply('Mul', [distance, pick(flat(tables.slopes))], { shape });
      return { dense: { value: graph.apply('Add', [pick(flat(tables.scores)), rise], { shape }), names: columns } };
    },
  }),
};
