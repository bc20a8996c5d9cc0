import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { createLocalGitHost } from '../../src/adapters/git-host/local.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { execCommandRunner } from '../../src/action/command-runner.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { runShortLoop, writeShortPipeline } from './short-loop.ts';

interface EndState {
  readonly versions: readonly { version: number; candidate: string; evaluation: string; imageDigest: string; dataset: string }[];
  readonly live: { version: number; epoch: number; imageDigest: string } | undefined;
  readonly overlay: string;
  readonly subjects: readonly string[];
}

async function endState(folder: string): Promise<EndState> {
  const registry = new StoreModelRegistry({ store: new FileArtifactStore(join(folder, 'loop', 'store')), model: 'flight-delay', clock: systemClock });
  const host = createLocalGitHost({ path: join(folder, 'loop', 'remote.git'), runner: execCommandRunner, clock: systemClock });
  const live = await registry.live('local');
  const head = (await host.head('main')) ?? '';
  return {
    versions: (await registry.versions()).map(({ version, candidate, evaluation, imageDigest, dataset }) => ({ version, candidate, evaluation, imageDigest, dataset: dataset.digest })),
    live: live === undefined ? undefined : { version: live.version, epoch: live.epoch, imageDigest: live.imageDigest },
    overlay: (await host.readFile(head, 'deploy/kustomize/overlays/local/kustomization.yaml')) ?? '',
    subjects: (await host.history('main', 50)).map(({ subject }) => subject),
  };
}

interface FinalLine {
  readonly loop: readonly { chapter: number; decision: string; version: string }[];
  readonly failedRequests: number;
}

let folder: string;
let pipelineFolder: string;
let output = '';
let afterChapterOne: EndState;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-loop-'));
  pipelineFolder = await writeShortPipeline(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const play = (chapter: number): Promise<number> => {
  output = '';
  return runShortLoop({ folder, pipelineFolder, chapter, write: (text) => (output += text) });
};
const finalLine = (): FinalLine => JSON.parse(output.trim().split('\n').at(-1) ?? '') as FinalLine;

describe('the loop, in small', () => {
  test('chapter 1 ends with a first version that is live, deployed by one commit', async () => {
    expect(await play(1)).toBe(0);
    expect(finalLine().loop).toMatchObject([{ chapter: 1, decision: 'live', version: 'v1' }]);
    afterChapterOne = await endState(folder);
    expect(afterChapterOne.live).toMatchObject({ version: 1, epoch: 1 });
    expect(afterChapterOne.overlay).toContain(afterChapterOne.live?.imageDigest);
    expect(afterChapterOne.subjects).toHaveLength(2);
  });

  test('the bad release is rolled back by a commit and quarantined, and no request fails', async () => {
    expect(await play(5)).toBe(0);
    const { loop, failedRequests } = finalLine();
    expect(loop.map(({ decision }) => decision)).toEqual(['live', 'no-alarm', 'no-alarm', 'rolled-back', 'written']);
    expect(failedRequests).toBe(0);
    const end = await endState(folder);
    expect(end.live).toMatchObject({ version: 1 });
    expect(end.overlay).toContain(afterChapterOne.live?.imageDigest);
    expect(end.versions).toHaveLength(2);
    const registry = new StoreModelRegistry({ store: new FileArtifactStore(join(folder, 'loop', 'store')), model: 'flight-delay', clock: systemClock });
    const bad = await registry.version(2);
    expect(bad?.labels['simulated-fault']).toBeTruthy();
    expect(bad === undefined ? undefined : await registry.quarantined(bad.imageDigest)).toBeTruthy();
    expect(await readFile(join(folder, 'report', 'index.html'), 'utf8')).toContain('rolled-back');
  });

  test('played again, nothing happens twice', async () => {
    const journal = join(folder, 'loop', 'journal.jsonl');
    const before = await readFile(journal, 'utf8');
    expect(await play(5)).toBe(0);
    expect(await readFile(journal, 'utf8')).toBe(before);
  });
});

const steps = ['ingest', 'validate-data', 'train', 'evaluate-gate', 'register', 'deploy', 'verify-rollout'];

describe('killed at every step of chapter 1', () => {
  test('the same command converges to the same end', async () => {
    const killed = await mkdtemp(join(tmpdir(), 'taxiway-killed-'));
    try {
      const pipeline = await writeShortPipeline(killed);
      for (const [index, step] of steps.entries()) {
        const loop = startLoop(killed, pipeline);
        await appears(join(killed, 'loop', 'records', 'chapter-1', step), loop);
        // Not always at the same point of a step: bundles take 0.2 s to load and up to some seconds to work.
        await delay(150 + 130 * index);
        await kill(loop);
      }
      expect(await finished(startLoop(killed, pipeline))).toBe(0);
      expect(await endState(killed)).toEqual(afterChapterOne);
    } finally {
      await rm(killed, { recursive: true, force: true });
    }
  });
});

function startLoop(into: string, pipeline: string): ChildProcess {
  // In a group of its own, so that the bundle of the moment dies with it.
  return spawn(process.execPath, [join(import.meta.dirname, 'short-loop.ts'), into, pipeline, '1'], { detached: true, stdio: 'ignore' });
}

async function appears(path: string, loop: ChildProcess): Promise<void> {
  while (!(await exists(path))) {
    if (loop.exitCode !== null) throw new Error(`the loop ended with ${loop.exitCode} before ${path} appeared`);
    await delay(20);
  }
}

async function kill(loop: ChildProcess): Promise<void> {
  const ended = finished(loop);
  if (loop.pid !== undefined) process.kill(-loop.pid, 'SIGKILL');
  await ended;
}

function finished(loop: ChildProcess): Promise<number | null> {
  if (loop.exitCode !== null || loop.signalCode !== null) return Promise.resolve(loop.exitCode);
  return new Promise((resolve) => loop.once('exit', resolve));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
