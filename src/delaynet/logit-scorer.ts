import { rowChunks } from '../features/table-inputs.ts';
import type { EncodedRows } from '../features/encode-table.ts';
import type { GraphSession, GraphTensor, TrainingEngine } from '../ports/training-engine.ts';
import { compileLogitGraph } from './logit-graph.ts';
import type { NetworkPlan } from './network-plan.ts';

/** The rows from start to before end as inputs of the network's graphs. */
export function encodedInputs(rows: EncodedRows, range: { readonly start: number; readonly end: number }): Record<string, GraphTensor> {
  const count = range.end - range.start;
  const inputs: Record<string, GraphTensor> = {
    dense: { type: 'float32', dims: [count, rows.width], data: rows.dense.subarray(range.start * rows.width, range.end * rows.width) },
  };
  if (rows.embeddings > 0) inputs['ids'] = { type: 'int32', dims: [count, rows.embeddings], data: rows.ids.subarray(range.start * rows.embeddings, range.end * rows.embeddings) };
  if (rows.observed.length > 0) inputs['observed'] = { type: 'float32', dims: [count, 1], data: rows.observed.subarray(range.start, range.end) };
  return inputs;
}

export interface LogitScorer {
  /** Logits of the label, one a row. */
  score(weights: Float32Array, rows: EncodedRows): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Scores encoded rows with any weights of one network; one session serves a whole training. */
export async function openLogitScorer(plan: NetworkPlan, engine: TrainingEngine): Promise<LogitScorer> {
  const session: GraphSession = await engine.openSession(compileLogitGraph(plan));
  return {
    async score(weights, rows) {
      const logits = new Float32Array(rows.rows);
      for (const range of rowChunks(rows.rows)) {
        const outputs = await session.run({ ...encodedInputs(rows, range), weights: { type: 'float32', dims: [weights.length], data: weights } });
        const logit = outputs['logit'];
        if (logit?.type !== 'float32') throw new Error('the network gave no logits');
        logits.set(logit.data, range.start);
      }
      return logits;
    },
    release: () => session.release(),
  };
}
