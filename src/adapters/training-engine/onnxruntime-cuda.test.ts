import { describe, expect, it } from 'vitest';
import { fakeOnnxRuntime } from '../../../test/builders/fake-onnxruntime.ts';
import { silentLogger } from '../../ports/logger.ts';
import { openCudaEngine } from './onnxruntime-cuda.ts';

/** A machine where a probe's run takes so many milliseconds on each device. */
function machine(times: { readonly cuda: (batch: number) => number; readonly cpu: number }) {
  let clock = 0;
  const { opened, module } = fakeOnnxRuntime({ onRun: (provider, batch) => void (clock += provider === 'cuda' ? times.cuda(batch) : times.cpu) });
  const lines: string[] = [];
  const logger = { ...silentLogger, info: (message: string) => void lines.push(message) };
  return { opened, lines, open: (pinned: boolean) => openCudaEngine({ load: () => module }, { logger, pinned, now: () => clock }) };
}

describe('CUDA engine', () => {
  it('is refused with what is missing where its libraries are', async () => {
    const { module } = fakeOnnxRuntime({ missing: ['cuda'] });
    await expect(openCudaEngine({ load: () => module }, { logger: silentLogger, pinned: true })).rejects.toThrow(
      expect.objectContaining({ code: 'engine-unavailable', message: expect.stringContaining('the libraries of cuda are missing'), hint: expect.stringContaining('CUDA 12') }),
    );
  });

  it('gives way to a processor that is as fast, unless the pipeline pins it', async () => {
    const slow = machine({ cuda: () => 64, cpu: 32 });
    await expect(slow.open(false)).rejects.toThrow('no faster than the processor on a network of this size (launch-bound)');
    expect((await slow.open(true)).description).toBe('onnxruntime-node 1.2.3 on CUDA: launch-bound, no faster than the processor on a small network');
    expect(slow.lines).toContain('A step at batch 1024: graphics card 2.00 ms (launch-bound), processor 1.00 ms');
  });

  it('is launch-bound only where a smaller batch takes no less time', async () => {
    const { open } = machine({ cuda: (batch) => batch / 64, cpu: 320 });
    expect((await open(false)).description).toContain('on CUDA: compute-bound, faster than the processor');
  });

  it('opens every graph on the card first', async () => {
    const { open, opened } = machine({ cuda: () => 1, cpu: 2 });
    const engine = await open(false);
    await engine.openSession(new Uint8Array());
    expect(opened.at(-1)).toBe('cuda');
  });
});
