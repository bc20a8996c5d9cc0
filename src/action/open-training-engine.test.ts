import { describe, expect, it } from 'vitest';
import { fakeOnnxRuntime } from '../../test/builders/fake-onnxruntime.ts';
import { silentLogger } from '../ports/logger.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import { openTrainingEngine } from './open-training-engine.ts';

/** A machine with these modules only. */
function machine(modules: Readonly<Record<string, unknown>>) {
  const lines: string[] = [];
  const loaded: string[] = [];
  const native: NativeModules = {
    load: (name) => {
      loaded.push(name);
      if (!Object.hasOwn(modules, name)) throw new Error(`${name} is not installed\n    at somewhere (deep.js:1:1)`);
      return modules[name];
    },
  };
  return { lines, loaded, options: { native, logger: { ...silentLogger, info: (message: string) => void lines.push(message) } } };
}

const withoutCuda = () => fakeOnnxRuntime({ missing: ['cuda'] }).module;

describe('choice of the training engine', () => {
  it('loads nothing before the first graph', () => {
    const { loaded, options } = machine({});
    expect(openTrainingEngine('auto', options)).toMatchObject({ name: 'auto', description: 'auto, not opened yet' });
    expect(loaded).toEqual([]);
  });

  it('takes the first that can be used, and says in one line each why those before it cannot', async () => {
    const { lines, options } = machine({ 'onnxruntime-node': withoutCuda() });
    const engine = openTrainingEngine('auto', options);
    await engine.openSession(new Uint8Array());
    expect(engine.name).toBe('onnxruntime');
    expect(engine.description).toMatch(/^onnxruntime-node 1\.2\.3 on the CPU \(the first that can be used; onnxruntime-cuda: CUDA cannot be used here/);
    expect(lines).toEqual([expect.stringContaining('Not training with onnxruntime-cuda: CUDA cannot be used here'), 'Training engine: onnxruntime-node 1.2.3 on the CPU']);
  });

  it('goes on to WebAssembly where no native library loads, without a stack trace', async () => {
    const { lines, options } = machine({ 'onnxruntime-web': fakeOnnxRuntime().module });
    const engine = openTrainingEngine('auto', options);
    await engine.openSession(new Uint8Array());
    expect(engine.name).toBe('onnxruntime-web');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['Not training with onnxruntime-cuda', 'Not training with onnxruntime', 'Not training with tfjs', 'Training engine']);
    expect(lines.join()).not.toContain('\n');
  });

  it('says what to install where there is no engine at all', async () => {
    await expect(openTrainingEngine('auto', machine({}).options).openSession(new Uint8Array())).rejects.toThrow(
      expect.objectContaining({ code: 'engine-unavailable', message: expect.stringContaining('no training engine can be used here'), hint: expect.stringContaining('npm ci') }),
    );
  });

  it.each(['onnxruntime', 'onnxruntime-cuda', 'tfjs', 'onnxruntime-web'] as const)('never replaces %s when the pipeline pins it', async (name) => {
    const { loaded, options } = machine(name.startsWith('onnxruntime-') && name !== 'onnxruntime-web' ? { 'onnxruntime-node': withoutCuda() } : {});
    await expect(openTrainingEngine(name, options).openSession(new Uint8Array())).rejects.toThrow(expect.objectContaining({ code: 'engine-unavailable', hint: expect.stringMatching(/./) }));
    expect(loaded.filter((module) => !module.includes(name === 'tfjs' ? 'tfjs' : name === 'onnxruntime-web' ? 'web' : 'node'))).toEqual([]);
  });

  it('chooses once, however many graphs are opened together', async () => {
    const runtime = fakeOnnxRuntime();
    const engine = openTrainingEngine('onnxruntime', machine({ 'onnxruntime-node': runtime.module }).options);
    await Promise.all([engine.openSession(new Uint8Array()), engine.openSession(new Uint8Array())]);
    // The probe, then the two.
    expect(runtime.opened).toEqual(['cpu', 'cpu', 'cpu']);
    expect(engine.description).toBe('onnxruntime-node 1.2.3 on the CPU (pinned by the pipeline)');
  });
});
