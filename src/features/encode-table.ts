import type { Table } from '../data/table.ts';
import { UserError } from '../errors.ts';
import type { GraphTensors, TrainingEngine } from '../ports/training-engine.ts';
import { createTransform, type Features } from './features-schema.ts';
import { compileFeatureGraph } from './feature-graph.ts';
import type { FittedFeatures } from './fit-features.ts';
import { rowChunks, tableInputs } from './table-inputs.ts';

/** Rows as the network takes them, all row-major. */
export interface EncodedRows {
  readonly rows: number;
  /** [rows, width] */
  readonly dense: Float32Array;
  readonly width: number;
  /** [rows, embeddings]; empty without embeddings. */
  readonly ids: Int32Array;
  readonly embeddings: number;
  /** [rows]: the observed column; empty where the head needs none. */
  readonly observed: Float32Array;
}

function floats(outputs: GraphTensors, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'float32') throw new Error(`the feature graph gave no float output ${name}`);
  return tensor.data;
}

/** Of all rows together: a gibibyte. */
const mostNumbers = 2 ** 28;

function demandRoom(rows: number, names: readonly string[]): void {
  if (rows * names.length <= mostNumbers) return;
  throw new UserError('training-data-invalid', `${rows} rows of ${names.length} encoded columns are more than training holds in memory (at most ${Math.floor(mostNumbers / rows)} columns for so many rows).`, {
    hint: 'Raise `minimum-count` of one-hot features, or use embedding or target-encoding for columns with many categories.',
  });
}

/**
 * Encodes all rows with the feature graph, in chunks.
 * @throws UserError `training-data-invalid` for more encoded numbers than memory is meant to hold
 */
export async function encodeTable(table: Table, fit: { readonly features: Features; readonly fitted: FittedFeatures }, engine: TrainingEngine): Promise<EncodedRows> {
  const graph = compileFeatureGraph(fit.features, fit.fitted);
  const width = graph.names.length;
  const embeddings = graph.embedded.length;
  demandRoom(table.rows, graph.names);
  const dense = new Float32Array(table.rows * width);
  const ids = new Int32Array(table.rows * embeddings);
  const observed = new Float32Array(fit.fitted.observed === null ? 0 : table.rows);
  const columns = { numbers: fit.fitted.numberColumns.map(({ name }) => name), strings: fit.fitted.stringColumns };
  const session = await engine.openSession(graph.model);
  try {
    for (const range of rowChunks(table.rows)) {
      const outputs = await session.run(tableInputs(table, columns, range));
      dense.set(floats(outputs, 'dense'), range.start * width);
      if (observed.length > 0) observed.set(floats(outputs, 'observed'), range.start);
      const idTensor = outputs['ids'];
      if (idTensor?.type === 'int64') idTensor.data.forEach((id, index) => (ids[range.start * embeddings + index] = Number(id)));
    }
  } finally {
    await session.release();
  }
  return { rows: table.rows, dense, width, ids, embeddings, observed };
}

/**
 * Encodes training rows: as `encodeTable`, but what was learned from labels is replaced by its out-of-fold value, so that the
 * network does not learn to trust a column that has seen the answer.
 */
export async function encodeTrainingTable(
  table: Table,
  fit: { readonly features: Features; readonly fitted: FittedFeatures; readonly labels: Float64Array },
  engine: TrainingEngine,
): Promise<EncodedRows> {
  const encoded = await encodeTable(table, fit, engine);
  const { widths } = compileFeatureGraph(fit.features, fit.fitted);
  let offset = 0;
  for (const [index, feature] of fit.features.entries()) {
    const transform = createTransform(feature);
    const replacement = transform.encodeOutOfFold?.(table, fit.labels);
    if (replacement) {
      const width = transform.columns.length;
      for (let row = 0; row < table.rows; row++) encoded.dense.set(replacement.subarray(row * width, (row + 1) * width), row * encoded.width + offset);
    }
    offset += widths[index] ?? 0;
  }
  return encoded;
}
