import { createRequire } from 'node:module';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import type { Table } from '../../src/data/table.ts';
import { openServedModel } from '../../src/delaynet/open-served-model.ts';
import { UserError } from '../../src/errors.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';

/** What came of a model: a refusal with its code, or probabilities. */
export type ModelOutcome = { readonly code: string; readonly message: string; readonly hint?: string | undefined } | { readonly scores: readonly number[] };

export const engine: TrainingEngine = createOnnxRuntimeEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger, threads: 1 });

/** Opens the bytes as the gate does, and asks for an answer. */
export async function openBytes(bytes: Uint8Array, table: Table): Promise<ModelOutcome> {
  try {
    const served = await openServedModel(bytes, engine);
    try {
      return { scores: [...(await served.score(table))] };
    } finally {
      await served.release();
    }
  } catch (cause) {
    if (cause instanceof UserError) return { code: cause.code, message: cause.message, hint: cause.hint };
    return { code: 'no UserError', message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
  }
}
