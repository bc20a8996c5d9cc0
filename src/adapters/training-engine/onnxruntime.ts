import type { Logger } from '../../ports/logger.ts';
import type { NativeModules } from '../../ports/native-modules.ts';
import type { TrainingEngine } from '../../ports/training-engine.ts';
import { type OnnxRuntimeModule, openRuntimeSession, sessionOptions } from './onnxruntime-session.ts';

export interface OnnxRuntimeOptions {
  readonly logger: Logger;
  /** Threads inside one operator. Results do not depend on it. */
  readonly threads?: number;
}

/** ONNX Runtime's native library, loaded when it is first asked for. @throws UserError `native-module-missing` */
export function loadOnnxRuntime(native: NativeModules): OnnxRuntimeModule {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const runtime = native.load('onnxruntime-node') as OnnxRuntimeModule;
  // What goes wrong is thrown; a library that is tried and missing needs no second message on the terminal.
  if (runtime.env) runtime.env.logLevel = 'fatal';
  return runtime;
}

/** ONNX Runtime on the CPU as the training engine: the default, and what scores models. */
export function createOnnxRuntimeEngine(native: NativeModules, options: OnnxRuntimeOptions): TrainingEngine {
  let runtime: OnnxRuntimeModule | undefined;
  return {
    name: 'onnxruntime',
    get description() {
      return `onnxruntime-node ${runtime?.env?.versions?.node ?? ''} on the CPU`;
    },
    openSession(model) {
      runtime ??= loadOnnxRuntime(native);
      return openRuntimeSession(runtime, model, sessionOptions(['cpu'], options.threads));
    },
  };
}
