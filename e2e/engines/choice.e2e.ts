import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrainingEngine } from '../../src/action/open-training-engine.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { NativeModuleName, NativeModules } from '../../src/ports/native-modules.ts';
import { buildTfjs, missingPrograms } from './build-tfjs.ts';
import { runtimeCache } from './runtime-cache.ts';

/** A machine with the real modules of these folders, and no other. */
function machine(folders: Partial<Record<NativeModuleName, string>>) {
  const lines: string[] = [];
  const native: NativeModules = {
    load: (name) => {
      const folder = folders[name];
      if (folder === undefined) throw new Error(`${name} is not installed`);
      return createRequire(join(folder, 'package.json'))(name) as unknown;
    },
  };
  return { lines, options: { native, logger: { ...silentLogger, info: (message: string) => void lines.push(message) } } };
}

function doubling(): Uint8Array {
  const graph = new GraphBuilder();
  graph.output(graph.apply('Mul', [graph.input('x', 'float', ['n']), graph.scalar(2)], { shape: ['n'] }), 'y');
  return graph.model('doubling');
}

async function chosen(wanted: 'auto' | 'tfjs', { options }: ReturnType<typeof machine>): Promise<{ name: string; description: string; doubled: unknown }> {
  const engine = openTrainingEngine(wanted, options);
  const session = await engine.openSession(doubling());
  const { y } = await session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(21) } });
  await session.release();
  return { name: engine.name, description: engine.description, doubled: y?.data };
}

describe('the engine that auto takes, with real libraries', () => {
  const doubled = Float32Array.of(42);

  it('is ONNX Runtime where it is installed, with the reason against CUDA if that is missing', async () => {
    const here = machine({ 'onnxruntime-node': join(import.meta.dirname, '../..') });
    const { name, ...rest } = await chosen('auto', here);
    expect(['onnxruntime', 'onnxruntime-cuda']).toContain(name);
    expect(rest.doubled).toEqual(doubled);
    if (name === 'onnxruntime') expect(here.lines[0]).toMatch(/^Not training with onnxruntime-cuda: [^\n]+$/);
  });

  it.skipIf(missingPrograms() !== undefined)('is TensorFlow.js where ONNX Runtime does not load', async () => {
    expect(await chosen('auto', machine({ '@tensorflow/tfjs-node': buildTfjs(), 'onnxruntime-web': runtimeCache('web') }))).toMatchObject({ name: 'tfjs', doubled });
  });

  it('is WebAssembly where nothing native loads', async () => {
    expect(await chosen('auto', machine({ 'onnxruntime-web': runtimeCache('web') }))).toMatchObject({ name: 'onnxruntime-web', doubled });
  });

  it('is never another than the one that the pipeline pins', async () => {
    const onlyWeb = machine({ 'onnxruntime-web': runtimeCache('web') });
    await expect(chosen('tfjs', onlyWeb)).rejects.toMatchObject({ code: 'engine-unavailable', message: 'TensorFlow.js for Node is not installed, or does not load here' });
  });
});
