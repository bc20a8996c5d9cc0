import { expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../../test/builders/onnxruntime-engine.ts';
import { trainingEngineContract } from '../../../test/contract/training-engine.ts';
import { silentLogger } from '../../ports/logger.ts';
import { createOnnxRuntimeEngine } from './onnxruntime.ts';

trainingEngineContract('onnxruntime', { open: async () => onnxRuntimeEngine() });

it('loads nothing native before the first session', () => {
  expect(() => createOnnxRuntimeEngine({ load: () => { throw new Error('loaded too early'); } }, { logger: silentLogger })).not.toThrow();
});
