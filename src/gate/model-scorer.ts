import type { Table } from '../data/table.ts';

/** One opened model. */
export interface ModelScorer {
  /** Probability of the positive class, one per row. */
  score(table: Table): Promise<Float64Array>;
  release(): Promise<void>;
}

/** Opens the exact bytes of a model.onnx. */
export type OpenModel = (model: Uint8Array) => Promise<ModelScorer>;
