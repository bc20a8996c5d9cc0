import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openOnnxRuntimeWebEngine } from '../../src/adapters/training-engine/onnxruntime-web.ts';
import { openTfjsEngine } from '../../src/adapters/training-engine/tfjs/engine.ts';
import { loadTensorFlow } from '../../src/adapters/training-engine/tfjs/load-tensorflow.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { NativeModules } from '../../src/ports/native-modules.ts';
import type { TrainingEngine } from '../../src/ports/training-engine.ts';
import { buildTfjs } from './build-tfjs.ts';
import { runtimeCache } from './runtime-cache.ts';

const modulesOf = (folder: string): NativeModules => ({ load: createRequire(join(folder, 'package.json')) });

/** The engines that no plain install brings, from the cache. */
export const cachedWebEngine = (): TrainingEngine => openOnnxRuntimeWebEngine(modulesOf(runtimeCache('web')));

export function cachedTfjsEngine(): { readonly engine: TrainingEngine; readonly held: () => number } {
  const native = modulesOf(buildTfjs());
  const engine = openTfjsEngine(native, { logger: silentLogger });
  return { engine, held: () => loadTensorFlow(native, silentLogger).tf.memory().numTensors };
}
