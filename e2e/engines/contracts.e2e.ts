import { trainingEngineContract } from '../../test/contract/training-engine.ts';
import { cachedTfjsEngine, cachedWebEngine } from './cached-engines.ts';

trainingEngineContract('onnxruntime-web', { open: async () => cachedWebEngine() });

const tfjs = cachedTfjsEngine();
trainingEngineContract('tfjs', { open: async () => tfjs.engine, held: tfjs.held });
