import type { Table } from '../data/table.ts';
import { stringColumn } from '../features/column-values.ts';
import { type EncodedRows, encodeTable } from '../features/encode-table.ts';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import { createTransform, type Features } from '../features/features-schema.ts';
import type { FittedFeatures } from '../features/fit-features.ts';
import { seenCategories } from '../features/seen-categories.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { createRandom, type Random } from '../statistics/random.ts';

/** A category that no vocabulary has: none contains NUL. */
const hiddenCategory = '\u0000hidden';

/** Training rows once more, each with one category hidden. */
export interface HiddenCategoryRows {
  readonly rows: EncodedRows;
  /** The training row that each was. */
  readonly source: Int32Array;
}

function drawRows(total: number, share: number, random: Random): Int32Array {
  const order = random.shuffle(Int32Array.from({ length: total }, (_, row) => row));
  return order.subarray(0, Math.round(total * share)).sort();
}

const pickRows = (table: Table, source: Int32Array): Table => ({
  rows: source.length,
  numbers: new Map([...table.numbers].map(([name, values]) => [name, Float64Array.from(source, (row) => values[row] ?? NaN)])),
  strings: new Map([...table.strings].map(([name, values]) => [name, Array.from(source, (row) => values[row] ?? '')])),
});

export interface HideCategoriesOptions {
  readonly features: Features;
  readonly fitted: FittedFeatures;
  readonly table: Table;
  /** The table as it was encoded for training: what was learned from labels stays out of fold. */
  readonly encoded: EncodedRows;
  /** Of the rows, for each column with categories. */
  readonly share: number;
  readonly seed: number;
  readonly engine: TrainingEngine;
}

/**
 * "Other" must mean an average category, also where every category of the training rows is frequent and "other" would keep its random
 * first value. So a share of the rows is learned from once more for each column with categories, that category hidden.
 */
export async function hideCategories(options: HideCategoriesOptions): Promise<HiddenCategoryRows | undefined> {
  const { features, fitted, table, encoded, share, engine } = options;
  const columns = Object.keys(seenCategories(features, fitted));
  const parts = columns.map((column) => ({ column, source: drawRows(table.rows, share, createRandom(`${options.seed}/hidden/${column}`)) }));
  const source = Int32Array.from(parts.flatMap((part) => [...part.source]));
  if (source.length === 0) return undefined;
  const copy = pickRows(table, source);
  const hiddenColumn = parts.flatMap((part) => Array.from(part.source, () => part.column));
  const masked = (name: string): string[] => stringColumn(copy, name).map((category, row) => (hiddenColumn[row] === name ? hiddenCategory : category));
  const rows = await encodeTable({ ...copy, strings: new Map([...copy.strings.keys()].map((name) => [name, masked(name)])) }, { features, fitted }, engine);
  const { widths } = compileFeatureGraph(features, fitted);
  let offset = 0;
  for (const [index, feature] of features.entries()) {
    if (createTransform(feature).encodeOutOfFold) {
      feature.columns.forEach((column, place) => {
        source.forEach((from, row) => {
          if (hiddenColumn[row] !== column) rows.dense[row * rows.width + offset + place] = encoded.dense[from * encoded.width + offset + place] ?? 0;
        });
      });
    }
    offset += widths[index] ?? 0;
  }
  return { rows, source };
}
