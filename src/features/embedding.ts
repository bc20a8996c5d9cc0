import { z } from 'zod';
import { stringColumn } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { lookUpIds } from './string-lookup.ts';
import { buildVocabulary, defaultMinimumCount } from './vocabulary.ts';

const schema = z.strictObject({
  transform: z.literal('embedding').describe('A learned vector for each category, and one for unknown or rare ones.'),
  columns: z.array(z.string()).min(1),
  dimensions: z.number().int().positive().max(256),
  'minimum-count': z.number().int().positive().default(defaultMinimumCount).describe('Categories with fewer training rows share the vector of the unknown.'),
});
const fittedSchema = z.strictObject({ vocabularies: z.array(z.array(z.string())) });

/** Category ids for vectors that the network learns; id 0 is unknown or rare. */
export const embedding = {
  schema,
  create: (options: z.infer<typeof schema>): FeatureTransform => ({
    input: 'string',
    columns: options.columns,
    fit: (table) => ({ vocabularies: options.columns.map((name) => buildVocabulary(stringColumn(table, name), options['minimum-count'])) }),
    categories: (fitted) => new Map(options.columns.map((name, index) => [name, fittedSchema.parse(fitted).vocabularies[index] ?? []])),
    addTo: ({ graph, text }, fitted) => {
      const { vocabularies } = fittedSchema.parse(fitted);
      const embedded = options.columns.map((column, index) => {
        const vocabulary = vocabularies[index] ?? [];
        const ids = graph.apply('Squeeze', [lookUpIds(graph, text(column), vocabulary), graph.integers([1])], { shape: ['rows'] });
        return { column, vocabulary, dimensions: options.dimensions, ids };
      });
      return { embedded };
    },
  }),
};
