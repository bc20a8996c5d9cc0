import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../ports/logger.ts';
import type { NativeModuleName } from '../../../ports/native-modules.ts';
import { loadTensorFlow } from './load-tensorflow.ts';

const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;

describe('loading TensorFlow.js', () => {
  it('prefers the build for graphics cards, and takes the other where only that is installed', () => {
    const modules = { '@tensorflow/tfjs-node-gpu': { is: 'gpu' }, '@tensorflow/tfjs-node': { is: 'cpu' } };
    const native = (names: readonly string[]) => ({ load: (name: NativeModuleName) => { if (!names.includes(name)) throw new Error('missing'); return modules[name as keyof typeof modules]; } });
    expect(loadTensorFlow(native(Object.keys(modules)), silentLogger)).toEqual({ tf: { is: 'gpu' }, module: '@tensorflow/tfjs-node-gpu' });
    expect(loadTensorFlow(native(['@tensorflow/tfjs-node']), silentLogger)).toEqual({ tf: { is: 'cpu' }, module: '@tensorflow/tfjs-node' });
  });

  it('puts back what Node took away before the module runs', () => {
    loadTensorFlow({ load: () => {
      const isNullOrUndefined = util['isNullOrUndefined'] as (value: unknown) => boolean;
      expect([isNullOrUndefined(null), isNullOrUndefined(undefined), isNullOrUndefined(0)]).toEqual([true, true, false]);
      expect(util['isArray']).toBe(Array.isArray);
      return {};
    } }, silentLogger);
  });

  it('names the folder to install where there is none', () => {
    expect(() => loadTensorFlow({ load: () => { throw new Error('missing'); } }, silentLogger)).toThrow(
      expect.objectContaining({ code: 'engine-unavailable', message: expect.stringContaining('not installed'), hint: expect.stringContaining('runtime/tfjs') }),
    );
  });
});
