import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus, makeCorpus, pathOf } from './corpus.ts';
import type { MutationCounts } from './mutate-model.ts';
import type { CorpusOutcome } from './open-corpus.ts';

const run = promisify(execFile);
const child = (script: string, ...parameters: string[]) => run(process.execPath, [join(import.meta.dirname, script), ...parameters], { timeout: 120_000, maxBuffer: 2 ** 26 });

let folder = '';
let outcomes: CorpusOutcome[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-hostile-models-'));
  await makeCorpus(join(folder, 'corpus'));
  const { stdout } = await child('open-corpus.ts', join(folder, 'corpus'));
  outcomes = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as CorpusOutcome);
}, 150_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('hostile and broken models', () => {
  it('are many, under names of their own', () => {
    expect(corpus.length).toBeGreaterThan(100);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it.each(corpus.map(({ name }, index) => ({ name, index })))('$name: a clear refusal, or probabilities', ({ index }) => {
    const { outcome: expected } = corpus[index] ?? expect.unreachable();
    const { outcome } = outcomes[index] ?? expect.unreachable();
    if (expected === 'answers') {
      expect(outcome).toEqual({ scores: [expect.any(Number), expect.any(Number), expect.any(Number)] });
      return;
    }
    // What a file holds is repeated without its control characters, and not at any length.
    expect('message' in outcome ? outcome.message : '').toMatch(/^[^\0-\x08\x0b-\x1f]{1,700}$/);
    expect(outcome).toMatchObject({ code: 'model-invalid', message: expect.stringMatching(expected) as unknown, hint: expect.stringMatching(/\.$/) as unknown });
  });

  it('are opened one after the other within 512 MB', () => {
    expect(Math.max(...outcomes.map(({ maxRss }) => maxRss))).toBeLessThan(512);
  });

  it('would be a danger otherwise: ONNX Runtime alone answers with what lies in the other file', async () => {
    const index = corpus.findIndex(({ name }) => name === 'outside: weights at a relative path');
    const script = join(folder, 'unguarded.mjs');
    await writeFile(script, `
      import { createRequire } from 'node:module';
      import { readFileSync } from 'node:fs';
      process.env.ORT_DISABLE_TELEMETRY = '1';
      const { InferenceSession, Tensor } = createRequire(process.argv[2])('onnxruntime-node');
      process.chdir(process.argv[3]);
      const session = await InferenceSession.create(new Uint8Array(readFileSync(process.argv[4])), { graphOptimizationLevel: 'disabled' });
      const { probability } = await session.run({ num: new Tensor('float32', [20, 1000], [1, 2]), cat: new Tensor('string', ['AA'], [1, 1]) });
      console.log(probability.data[0]);`);
    const { stdout } = await run(process.execPath, [script, import.meta.filename, join(folder, 'corpus'), pathOf(join(folder, 'corpus'), index)]);
    expect(Number(stdout)).toBeCloseTo(1 / (1 + Math.exp(-(0.1 * 20 - 0.001 * 1000 + 1))), 5);
    expect(await readFile(join(folder, 'corpus', 'canary.bin'))).toHaveLength(8);
  });
});

it('a model of which bytes were changed is refused or answers with probabilities, and never ends the process', async () => {
  const { stdout } = await child('mutate-model.ts', '0', '150', '20130101');
  const counts = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as MutationCounts;
  expect(counts.wrong).toBe(0);
  expect(counts.refused + counts.failed + counts.answered).toBe(150);
  expect(counts.answered).toBeGreaterThan(0);
  expect(counts.maxRss).toBeLessThan(512);
}, 120_000);
