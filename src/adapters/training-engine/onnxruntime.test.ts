import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../ports/logger.ts';
import { createOnnxRuntimeEngine } from './onnxruntime.ts';

/** A runtime whose CUDA libraries are missing; it remembers the providers of each session. */
function runtimeWithoutCuda() {
  const opened: string[][] = [];
  const module = {
    Tensor: Object,
    InferenceSession: {
      create: (_model: Uint8Array, { executionProviders }: { executionProviders: string[] }) => {
        opened.push(executionProviders);
        if (executionProviders.includes('cuda')) return Promise.reject(new Error('libcudart is missing'));
        return Promise.resolve({ run: () => Promise.resolve({}), release: () => Promise.resolve() });
      },
    },
  };
  return { opened, native: { load: () => module } };
}

describe('ONNX Runtime engine', () => {
  it('says that CUDA is missing and goes on with the CPU from then on', async () => {
    const { opened, native } = runtimeWithoutCuda();
    const warnings: string[] = [];
    const engine = createOnnxRuntimeEngine(native, { logger: { ...silentLogger, warn: (message) => void warnings.push(message) }, executionProviders: ['cuda', 'cpu'] });
    await engine.openSession(new Uint8Array());
    await engine.openSession(new Uint8Array());
    expect(opened).toEqual([['cuda', 'cpu'], ['cpu'], ['cpu']]);
    expect(warnings).toEqual([expect.stringContaining('libcudart is missing')]);
  });

  it('loads nothing native before the first session', () => {
    expect(() => createOnnxRuntimeEngine({ load: () => { throw new Error('loaded too early'); } }, { logger: silentLogger })).not.toThrow();
  });
});
