import { UserError } from '../errors.ts';
import type { Table } from '../data/table.ts';
import { rowChunks, tableInputs } from '../features/table-inputs.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { verifyServedModel } from '../onnx/verify-served-model.ts';
import type { GraphSession, TrainingEngine } from '../ports/training-engine.ts';
import { readModelDescription } from './model-description.ts';

/** One opened model, for many calls. */
export interface ServedModel {
  /** Probability of the positive class, one per row. @throws UserError column-missing; model-invalid where an answer is no probability */
  score(table: Table): Promise<Float64Array>;
  release(): Promise<void>;
}

/** ONNX Runtime's sigmoid of a large number is 1.0000001 at times: its approximation ends a float too high. */
const rounding = 1e-6;

/** What a runtime says may repeat what the file holds, at any length. */
const shown = (what: string): string => JSON.stringify(what.slice(0, 500)).slice(1, -1).replaceAll('\\"', '"');

const unusable = (what: string, cause?: unknown): UserError =>
  new UserError('model-invalid', `The model cannot be used: ${shown(what)}`, { hint: 'Train or download the model again.', cause });

/** An engine that opens a graph of one node and not the model is sound, and the model is not. */
async function openSession(model: Uint8Array, engine: TrainingEngine): Promise<GraphSession> {
  try {
    return await engine.openSession(model);
  } catch (cause) {
    const probe = new GraphBuilder();
    probe.output(probe.input('x', 'float', ['rows']), 'y');
    await (await engine.openSession(probe.model('probe'))).release();
    throw unusable(`the engine cannot open it: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/**
 * Opens the exact bytes of a model.onnx. A model may come from elsewhere, as a champion does: here, and nowhere else, bytes that were not
 * made by this process get to an engine, and not before they are known to name no other file and no size beyond reason.
 * @throws UserError `model-invalid`, `engine-unavailable`
 */
export async function openServedModel(model: Uint8Array, engine: TrainingEngine): Promise<ServedModel> {
  verifyServedModel(model);
  const { inputs } = readModelDescription(model);
  const columns = { numbers: inputs.num, strings: inputs.cat };
  const session = await openSession(model, engine);
  return {
    score: async (table) => {
      const scores = new Float64Array(table.rows);
      for (const range of rowChunks(table.rows)) {
        const feeds = tableInputs(table, columns, range);
        const { probability } = await session.run(feeds).catch((cause: unknown) => {
          throw unusable(cause instanceof Error ? cause.message : String(cause), cause);
        });
        if (probability?.type !== 'float32' || probability.data.length !== range.end - range.start) throw unusable('it gives no probability for each row.');
        for (const [index, value] of probability.data.entries()) {
          if (!(Math.abs(value - 0.5) <= 0.5 + rounding)) throw unusable(`it answers ${value}, which is no probability.`);
          scores[range.start + index] = Math.min(1, Math.max(0, value));
        }
      }
      return scores;
    },
    release: () => session.release(),
  };
}
