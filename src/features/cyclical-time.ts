import { z } from 'zod';
import { integer } from '../onnx/attribute-proto.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('cyclical-time').describe('Sine and cosine of the position in a cycle, so that hour 23 lies beside hour 0.'),
  columns: z.array(z.string()).min(1),
  period: z.number().min(1e-9).max(1e9).describe('Length of the cycle in the unit of the columns: 24 for hours, 7 for weekdays.'),
});

/** sin and cos of 2π·x/period, two columns each. */
export const cyclicalTime = {
  schema,
  create: ({ columns, period }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: () => ({}),
    addTo: ({ graph, numbers }) => {
      const shape = ['rows', columns.length];
      // Beyond a million cycles float32 no longer knows the place in one, and a sine of infinity is NaN.
      const within = graph.apply('Clip', [numbers(columns), graph.scalar(-1e6 * period), graph.scalar(1e6 * period)], { shape });
      const angle = graph.apply('Mul', [within, graph.scalar((2 * Math.PI) / period)], { shape });
      const waves = ['Sin', 'Cos'].map((operator) => graph.apply(operator, [angle], { shape }));
      const value = graph.apply('Concat', waves, { shape: ['rows', 2 * columns.length], attributes: { axis: integer(1) } });
      return { dense: { value, names: [...columns.map((name) => `${name}.sine`), ...columns.map((name) => `${name}.cosine`)] } };
    },
  }),
};
