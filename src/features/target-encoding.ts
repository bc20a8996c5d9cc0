import { z } from 'zod';
import type { Table } from '../data/table.ts';
import { integer } from '../onnx/attribute-proto.ts';
import { stringColumn } from './column-values.ts';
import type { FeatureTransform } from './feature-transform.ts';
import { lookUpNumbers } from './string-lookup.ts';

const folds = 5;

const schema = z.strictObject({
  transform: z.literal('target-encoding').describe("The category's rate of positive labels, shrunken towards the overall rate and standardised."),
  columns: z.array(z.string()).min(1),
  smoothing: z.number().nonnegative().default(200).describe('The overall rate counts as this many rows of each category.'),
});
const encodingSchema = z.strictObject({ keys: z.array(z.string()), values: z.array(z.number()), fallback: z.number(), mean: z.number(), deviation: z.number() });
const fittedSchema = z.strictObject({ encodings: z.array(encodingSchema) });

interface Tally {
  rows: number;
  positives: number;
}

function tallyCategories(values: readonly string[], labels: Float64Array, keep: (row: number) => boolean): { all: Tally; byCategory: Map<string, Tally> } {
  const all: Tally = { rows: 0, positives: 0 };
  const byCategory = new Map<string, Tally>();
  values.forEach((value, row) => {
    if (!keep(row)) return;
    const tally = byCategory.get(value) ?? { rows: 0, positives: 0 };
    byCategory.set(value, tally);
    for (const counted of [tally, all]) {
      counted.rows += 1;
      counted.positives += labels[row] ?? 0;
    }
  });
  return { all, byCategory };
}

const smoothedRate = (tally: Tally | undefined, prior: number, smoothing: number): number =>
  tally && tally.rows + smoothing > 0 ? (tally.positives + smoothing * prior) / (tally.rows + smoothing) : prior;

function fitEncoding(values: readonly string[], labels: Float64Array, smoothing: number): z.infer<typeof encodingSchema> {
  const { all, byCategory } = tallyCategories(values, labels, () => true);
  const prior = all.rows > 0 ? all.positives / all.rows : 0;
  const keys = [...byCategory.keys()].sort();
  const rates = keys.map((key) => smoothedRate(byCategory.get(key), prior, smoothing));
  const share = (index: number): number => (byCategory.get(keys[index] ?? '')?.rows ?? 0) / Math.max(1, all.rows);
  const mean = rates.reduce((sum, rate, index) => sum + rate * share(index), 0);
  const variance = rates.reduce((sum, rate, index) => sum + (rate - mean) ** 2 * share(index), 0);
  const deviation = variance > 1e-18 ? Math.sqrt(variance) : 1;
  const standardise = (rate: number): number => (rate - mean) / deviation;
  return { keys, values: rates.map(standardise), fallback: standardise(prior), mean, deviation };
}

/**
 * Smoothed target encoding (Micci-Barreca, 2001). Training rows are encoded out of fold, so that no row sees its own label; rows
 * go to folds in turn, which spreads every day over all folds.
 */
export const targetEncoding = {
  schema,
  create: ({ columns, smoothing }: z.infer<typeof schema>): FeatureTransform => ({
    input: 'string',
    columns,
    fit: (table, labels) => ({ encodings: columns.map((name) => fitEncoding(stringColumn(table, name), labels, smoothing)) }),
    categories: (fitted) => new Map(columns.map((name, index) => [name, fittedSchema.parse(fitted).encodings[index]?.keys ?? []])),
    addTo: ({ graph, text }, fitted) => {
      const { encodings } = fittedSchema.parse(fitted);
      const encoded = columns.flatMap((name, index) => {
        const mapping = encodings[index];
        return mapping ? [lookUpNumbers(graph, text(name), mapping)] : [];
      });
      const value = graph.apply('Concat', encoded, { shape: ['rows', columns.length], attributes: { axis: integer(1) } });
      return { dense: { value, names: columns.map((name) => `${name}.target-rate`) } };
    },
    encodeOutOfFold: (table: Table, labels) => {
      const result = new Float32Array(table.rows * columns.length);
      columns.forEach((name, index) => {
        const values = stringColumn(table, name);
        const { mean, deviation } = fitEncoding(values, labels, smoothing);
        for (let fold = 0; fold < folds; fold++) {
          const { all, byCategory } = tallyCategories(values, labels, (row) => row % folds !== fold);
          const prior = all.rows > 0 ? all.positives / all.rows : 0;
          for (let row = fold; row < table.rows; row += folds) {
            const rate = smoothedRate(byCategory.get(values[row] ?? ''), prior, smoothing);
            result[row * columns.length + index] = (rate - mean) / deviation;
          }
        }
      });
      return result;
    },
  }),
};
