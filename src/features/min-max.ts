import { z } from 'zod';
import { numberColumn, sortedPresent } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('min-max').describe('Scaled so that the training rows span 0 to 1; values outside are clipped.'),
  columns: z.array(z.string()).min(1),
});
const fittedSchema = z.strictObject({ minima: z.array(z.number()), ranges: z.array(z.number()) });

/** (x − minimum) / (maximum − minimum) of the training rows, clipped to [0, 1]; a constant column becomes 0. */
export const minMax = {
  schema,
  create: ({ columns }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: (table) => {
      const ends = columns.map((name) => {
        const sorted = sortedPresent(numberColumn(table, name));
        const minimum = sorted[0] ?? 0;
        const range = (sorted.at(-1) ?? 0) - minimum;
        return { minimum, range: range > 1e-30 ? range : 1 };
      });
      return { minima: ends.map(({ minimum }) => minimum), ranges: ends.map(({ range }) => range) };
    },
    addTo: ({ graph, numbers }, fitted) => {
      const { minima, ranges } = fittedSchema.parse(fitted);
      const shape = ['rows', columns.length];
      const row = (data: readonly number[]) => graph.constant({ type: 'float', shape: [1, columns.length], data });
      const shifted = graph.apply('Sub', [numbers(columns), row(minima)], { shape });
      const scaled = graph.apply('Div', [shifted, row(ranges)], { shape });
      return { dense: { value: graph.apply('Clip', [scaled, graph.scalar(0), graph.scalar(1)], { shape }), names: columns } };
    },
  }),
};
