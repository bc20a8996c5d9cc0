import { z } from 'zod';
import { integer } from '../onnx/attribute-proto.ts';
import { stringColumn } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { lookUpIds } from './string-lookup.ts';
import { buildVocabulary, defaultMinimumCount } from './vocabulary.ts';

const schema = z.strictObject({
  transform: z.literal('one-hot').describe('One 0/1 column for each category, and one for unknown or rare ones.'),
  columns: z.array(z.string()).min(1),
  'minimum-count': z.number().int().positive().default(defaultMinimumCount).describe('Categories with fewer training rows count as unknown.'),
});
const fittedSchema = z.strictObject({ vocabularies: z.array(z.array(z.string())) });

/** A 0/1 indicator for each frequent category; the first indicator is "unknown or rare". */
export const oneHot = {
  schema,
  create: (options: z.infer<typeof schema>): FeatureTransform => ({
    input: 'string',
    columns: options.columns,
    fit: (table) => ({ vocabularies: options.columns.map((name) => buildVocabulary(stringColumn(table, name), options['minimum-count'])) }),
    categories: (fitted) => new Map(options.columns.map((name, index) => [name, fittedSchema.parse(fitted).vocabularies[index] ?? []])),
    addTo: ({ graph, text }, fitted) => {
      const { vocabularies } = fittedSchema.parse(fitted);
      const offOn = graph.constant({ type: 'float', shape: [2], data: [0, 1] });
      const blocks = options.columns.map((name, index) => {
        const vocabulary = vocabularies[index] ?? [];
        const width = vocabulary.length + 1;
        const ids = graph.apply('Squeeze', [lookUpIds(graph, text(name), vocabulary), graph.integers([1])], { shape: ['rows'] });
        const depth = graph.constant({ type: 'int64', shape: [], data: [width] });
        const value = graph.apply('OneHot', [ids, depth, offOn], { shape: ['rows', width], type: 'float' });
        return { value, names: ['unknown', ...vocabulary].map((category) => `${name}=${category}`) };
      });
      const names = blocks.flatMap((block) => block.names);
      const value = graph.apply('Concat', blocks.map((block) => block.value), { shape: ['rows', names.length], attributes: { axis: integer(1) } });
      return { dense: { value, names } };
    },
  }),
};
