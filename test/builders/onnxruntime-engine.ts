import { createRequire } from 'node:module';
import { createOnnxRuntimeEngine } from '../../src/adapters/training-engine/onnxruntime.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';

/** ONNX Runtime from the workspace, for tests that run graphs. */
export function onnxRuntimeEngine(threads = 1): TrainingEngine {
  return createOnnxRuntimeEngine({ load: createRequire(import.meta.url) }, { logger: silentLogger, threads });
}
