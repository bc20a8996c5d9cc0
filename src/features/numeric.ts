import { z } from 'zod';
import { medianOfPresent, numberColumn } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('numeric').describe('The number itself, centred on its mean and divided by its standard deviation.'),
  columns: z.array(z.string()).min(1),
});
const fittedSchema = z.strictObject({ means: z.array(z.number()), deviations: z.array(z.number()) });

/** Standardised numbers: (x − mean) / standard deviation of the training rows, missing ones counted at the median. */
export const numeric = {
  schema,
  create: ({ columns }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: (table) => {
      const moments = columns.map((name) => {
        const values = numberColumn(table, name);
        const median = medianOfPresent(values);
        const present = values.map((value) => (Number.isFinite(value) ? value : median));
        const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(1, present.length);
        const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, present.length);
        return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
      });
      return { means: moments.map(({ mean }) => mean), deviations: moments.map(({ deviation }) => deviation) };
    },
    addTo: ({ graph, numbers }, fitted) => {
      const { means, deviations } = fittedSchema.parse(fitted);
      const shape = ['rows', columns.length];
      const row = (data: readonly number[]) => graph.constant({ type: 'float', shape: [1, columns.length], data });
      const centred = graph.apply('Sub', [numbers(columns), row(means)], { shape });
      return { dense: { value: graph.apply('Div', [centred, row(deviations)], { shape }), names: columns } };
    },
  }),
};
