import { expect, it } from 'vitest';
import { fakeOnnxRuntime } from '../../../test/builders/fake-onnxruntime.ts';
import { openOnnxRuntimeWebEngine } from './onnxruntime-web.ts';

it('runs WebAssembly on one thread, whose workers would keep the process alive', async () => {
  const { module, opened } = fakeOnnxRuntime();
  const engine = openOnnxRuntimeWebEngine({ load: () => module });
  await engine.openSession(new Uint8Array());
  expect(opened).toEqual(['wasm']);
  expect(module.env.wasm).toEqual({ numThreads: 1 });
  expect(engine.description).toContain('onnxruntime-web 1.2.3');
});

it('names the folder to install where the module is missing', () => {
  expect(() => openOnnxRuntimeWebEngine({ load: () => { throw new Error('missing'); } })).toThrow(expect.objectContaining({ code: 'engine-unavailable', hint: 'Run npm ci in runtime/web.' }));
});
