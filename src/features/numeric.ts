import { z } from 'zod';
import { medianOfPresent, numberColumn, presentNumber } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('numeric').describe('The number itself, centred on its mean and divided by its standard deviation, within ±50 of them.'),
  columns: z.array(z.string()).min(1),
});
const fittedSchema = z.strictObject({ means: z.array(z.number()), deviations: z.array(z.number()) });

/** Further out nothing is a measurement; an absurd number must not carry the network into overflow. */
const furthest = 50;

/** Standardised numbers: (x − mean) / standard deviation of the training rows, missing ones counted at the median, clipped to ±50. */
export const numeric = {
  schema,
  create: ({ columns }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: (table) => {
      const moments = columns.map((name) => {
        const values = numberColumn(table, name);
        const median = medianOfPresent(values);
        const present = values.map((value) => {
          const seen = presentNumber(value);
          return Number.isNaN(seen) ? median : seen;
        });
        const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(1, present.length);
        const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, present.length);
        const deviation = Math.sqrt(variance);
        // What rounding leaves of a constant column is no spread.
        return { mean, deviation: deviation > 1e-6 * Math.abs(mean) && deviation > 1e-30 ? deviation : 1 };
      });
      return { means: moments.map(({ mean }) => mean), deviations: moments.map(({ deviation }) => deviation) };
    },
    addTo: ({ graph, numbers }, fitted) => {
      const { means, deviations } = fittedSchema.parse(fitted);
      const shape = ['rows', columns.length];
      const row = (data: readonly number[]) => graph.constant({ type: 'float', shape: [1, columns.length], data });
      const centred = graph.apply('Sub', [numbers(columns), row(means)], { shape });
      const scaled = graph.apply('Div', [centred, row(deviations)], { shape });
      return { dense: { value: graph.apply('Clip', [scaled, graph.scalar(-furthest), graph.scalar(furthest)], { shape }), names: columns } };
    },
  }),
};
