import type { Table } from '../data/table.ts';
import { rowChunks, tableInputs } from '../features/table-inputs.ts';
import { inspectModel } from '../onnx/inspect-model.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { readModelDescription } from './model-description.ts';

/**
 * The probability of the label for each row, as the served model gives it.
 * @throws UserError `model-invalid` for a foreign model, `column-missing` if the rows lack a column.
 */
export async function scoreTable(model: Uint8Array, table: Table, engine: TrainingEngine): Promise<Float64Array> {
  // A model may come from elsewhere, as a champion does: nothing opens it that has not looked at it.
  inspectModel(model);
  const { inputs } = readModelDescription(model);
  const scores = new Float64Array(table.rows);
  const session = await engine.openSession(model);
  try {
    for (const range of rowChunks(table.rows)) {
      const outputs = await session.run(tableInputs(table, { numbers: inputs.num, strings: inputs.cat }, range));
      const probability = outputs['probability'];
      if (probability?.type !== 'float32') throw new Error('the model gave no probability');
      scores.set(probability.data, range.start);
    }
  } finally {
    await session.release();
  }
  return scores;
}
