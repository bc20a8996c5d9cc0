import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { smallPipeline, trainingContext, writeFlights } from '../../test/builders/training-scene.ts';
import { FileArtifactStore } from '../adapters/artifact-store/file.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { silentLogger } from '../ports/logger.ts';
import { train } from './train.ts';

const trainingProcess = fileURLToPath(new URL('../../test/fixtures/train-until-killed.ts', import.meta.url));

it('a training whose process is killed without notice is gone on with by the next process, to the same candidate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'taxiway-killed-training-'));
  try {
    const store = new FileArtifactStore(folder);
    const dataset = await writeFlights(new ArtifactRepository(store));
    const child = spawn(process.execPath, [trainingProcess, folder, dataset, '2'], { stdio: 'inherit' });
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    expect(await store.list('artifacts/candidate/')).toEqual([]);

    const lines: string[] = [];
    const inputs = { dataset, warmStart: undefined, championEnvironment: undefined };
    const pipeline = await smallPipeline();
    const resumed = await train(inputs, trainingContext({ store, pipeline, logger: { ...silentLogger, info: (line) => void lines.push(line) } }));
    expect(lines).toContain('Going on after epoch 2.');

    const undisturbed = new MemoryArtifactStore();
    await writeFlights(new ArtifactRepository(undisturbed));
    expect(resumed.outputs).toEqual((await train(inputs, trainingContext({ store: undisturbed, pipeline }))).outputs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
