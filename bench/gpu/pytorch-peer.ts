import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { peerPython } from '../peer-environment.ts';
import { embeddings, learningRate, type trainingRows } from '../training/training-case.ts';

export interface GpuPeer {
  readonly device: string;
  /** Bytes that the card copies in a second, read and written counted. */
  readonly bandwidth: number;
  epoch(): Promise<{ readonly milliseconds: number; readonly loss: number }>;
  end(): Promise<void>;
}

/** PyTorch in a process of its own, on the same rows. */
export async function startGpuPeer({ encoded, targets }: ReturnType<typeof trainingRows>, batchSize: number): Promise<GpuPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-gpu-'));
  await writeFile(join(folder, 'case.json'), JSON.stringify({ width: encoded.width, embeddings, batchSize, learningRate }));
  for (const [name, data] of Object.entries({ dense: encoded.dense, ids: encoded.ids, observed: encoded.observed, targets })) await writeFile(join(folder, `${name}.bin`), data);
  const child = spawn(peerPython(), [join(import.meta.dirname, 'pytorch-gpu-peer.py'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const line = await answers.next();
    if (line.done === true) throw new Error('the PyTorch process ended before it answered');
    return JSON.parse(line.value) as unknown;
  };
  const { device, bandwidth } = (await answer()) as Pick<GpuPeer, 'device' | 'bandwidth'>;
  return {
    device,
    bandwidth,
    epoch: async () => {
      child.stdin.write('epoch\n');
      return (await answer()) as { milliseconds: number; loss: number };
    },
    end: async () => {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
      await rm(folder, { recursive: true });
    },
  };
}
