import { UserError } from '../../errors.ts';
import type { NativeModules } from '../../ports/native-modules.ts';
import type { TrainingEngine } from '../../ports/training-engine.ts';
import { type OnnxRuntimeModule, openRuntimeSession } from './onnxruntime-session.ts';

interface WebRuntimeModule extends OnnxRuntimeModule {
  readonly env: NonNullable<OnnxRuntimeModule['env']> & { readonly wasm: { numThreads?: number } };
}

/**
 * ONNX Runtime as WebAssembly: the same graphs where no native library loads, at four to eight times the time.
 * @throws UserError `engine-unavailable` where the module is missing
 */
export function openOnnxRuntimeWebEngine(native: NativeModules): TrainingEngine {
  let runtime: WebRuntimeModule;
  try {
    runtime = native.load('onnxruntime-web') as WebRuntimeModule;
  } catch (cause) {
    throw new UserError('engine-unavailable', 'onnxruntime-web is not installed, or does not load here', { hint: 'Run npm ci in runtime/web.', cause });
  }
  // Its threads are workers that keep a process alive; a training that must be fast runs elsewhere.
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = 'fatal';
  return {
    name: 'onnxruntime-web',
    description: `onnxruntime-web ${runtime.env.versions?.web ?? ''} as WebAssembly, one thread`,
    openSession: (model) => openRuntimeSession(runtime, model, { executionProviders: ['wasm'], logSeverityLevel: 3 }),
  };
}
