import { z } from 'zod';
import type { FeatureTransform } from './feature-transform.ts';

const schema = z.strictObject({
  transform: z.literal('missing-indicator').describe('1 where the number is missing (or infinite), 0 where it is there. Other transforms put the training median in its place.'),
  columns: z.array(z.string()).min(1),
});

/** Lets the network tell a missing number from one that lies at the median. */
export const missingIndicator = {
  schema,
  create: ({ columns }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'number',
    columns,
    fit: () => ({}),
    addTo: ({ graph, missing }) => {
      const value = graph.apply('Where', [missing(columns), graph.scalar(1), graph.scalar(0)], { shape: ['rows', columns.length], type: 'float' });
      return { dense: { value, names: columns.map((name) => `${name}.missing`) } };
    },
  }),
};
