import type { Table } from '../data/table.ts';
import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** What a transform sees of the graph it adds nodes to. */
export interface FeatureGraphContext {
  readonly graph: GraphBuilder;
  /** Number columns side by side, [rows, columns], finite: missing values already replaced by the training median. */
  readonly numbers: (columns: readonly string[]) => Value;
  /** Which of them were missing, [rows, columns] bool. */
  readonly missing: (columns: readonly string[]) => Value;
  /** One string column, [rows, 1]; '' is missing. */
  readonly text: (column: string) => Value;
}

/** A categorical column that the network embeds: `ids` [rows] in 0…vocabulary.length, where 0 is unknown or rare. */
export interface EmbeddedColumn {
  readonly column: string;
  readonly vocabulary: readonly string[];
  readonly dimensions: number;
  readonly ids: Value;
}

export interface EncodedBlock {
  /** [rows, names.length]; absent for transforms that only embed. */
  readonly dense?: { readonly value: Value; readonly names: readonly string[] };
  readonly embedded?: readonly EmbeddedColumn[];
}

export interface FeatureTransform {
  readonly input: 'number' | 'string';
  readonly columns: readonly string[];
  /**
   * Statistics of the training rows, as JSON. `labels` holds 0 or 1 a row.
   * Number columns come as they are, NaN included: transforms skip what is missing.
   */
  fit(table: Table, labels: Float64Array): unknown;
  /** Adds the nodes that encode the columns with what `fit` returned. */
  addTo(context: FeatureGraphContext, fitted: unknown): EncodedBlock;
  /**
   * For transforms that look at labels: the training rows' own encoding, row-major [rows, columns], computed without each row's
   * label, to replace the graph's encoding while training.
   */
  encodeOutOfFold?(table: Table, labels: Float64Array): Float32Array;
  /** For transforms of categories: those that have an encoding of their own, by column; every other is "other". */
  categories?(fitted: unknown): ReadonlyMap<string, readonly string[]>;
}
