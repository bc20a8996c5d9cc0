import { trainingEngineContract } from '../../test/contract/training-engine.ts';
import { missingPrograms } from './build-tfjs.ts';
import { cachedTfjsEngine, cachedWebEngine } from './cached-engines.ts';

trainingEngineContract('onnxruntime-web', { open: async () => cachedWebEngine() });

if (missingPrograms() === undefined) {
  const tfjs = cachedTfjsEngine();
  trainingEngineContract('tfjs', { open: async () => tfjs.engine, held: tfjs.held });
}
