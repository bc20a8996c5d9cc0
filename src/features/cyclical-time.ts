import { z } from 'zod';
import { integer } from '../onnx/attribute-proto.ts';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('cyclical-time').describe('Sine and cosine of the position in a cycle, so that hour 23 lies beside hour 0.'),
  columns: z.array(z.string()).min(1),
  period: z.number().positive().describe('Length of the cycle in the unit of the columns: 24 for hours, 7 for weekdays.'),
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
      const angle = graph.apply('Mul', [numbers(columns), graph.scalar((2 * Math.PI) / period)], { shape });
      const waves = ['Sin', 'Cos'].map((operator) => graph.apply(operator, [angle], { shape }));
      const value = graph.apply('Concat', waves, { shape: ['rows', 2 * columns.length], attributes: { axis: integer(1) } });
      return { dense: { value, names: [...columns.map((name) => `${name}.sine`), ...columns.map((name) => `${name}.cosine`)] } };
    },
  }),
};
