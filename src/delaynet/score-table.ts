import type { Table } from '../data/table.ts';
import type { TrainingEngine } from '../ports/training-engine.ts';
import { openServedModel } from './open-served-model.ts';

/**
 * The probability of the label for each row, as the served model gives it.
 * @throws UserError `model-invalid` for a foreign model, `column-missing` if the rows lack a column.
 */
export async function scoreTable(model: Uint8Array, table: Table, engine: TrainingEngine): Promise<Float64Array> {
  const served = await openServedModel(model, engine);
  try {
    return await served.score(table);
  } finally {
    await served.release();
  }
}
