import type { Table } from '../data/table.ts';
import { readModelDescription } from '../delaynet/model-description.ts';
import { rowChunks, tableInputs } from '../features/table-inputs.ts';
import { inspectModel } from '../onnx/inspect-model.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';

/** One opened model, for many calls; `scoreTable` is for one. */
export interface ModelScorer {
  /** Probability of the positive class, one per row. */
  score(table: Table): Promise<Float64Array>;
  release(): Promise<void>;
}

/** Opens the exact bytes of a model.onnx, once they are known to name no other file and no size beyond reason. @throws UserError model-invalid; column-missing when scoring */
export async function openScorer(model: Uint8Array, engine: TrainingEngine): Promise<ModelScorer> {
  inspectModel(model);
  const { inputs } = readModelDescription(model);
  const columns = { numbers: inputs.num, strings: inputs.cat };
  const session = await engine.openSession(model);
  return {
    score: async (table) => {
      const scores = new Float64Array(table.rows);
      for (const range of rowChunks(table.rows)) {
        const { probability } = await session.run(tableInputs(table, columns, range));
        if (probability?.type !== 'float32') throw new Error('the model gave no probability');
        scores.set(probability.data, range.start);
      }
      return scores;
    },
    release: () => session.release(),
  };
}
