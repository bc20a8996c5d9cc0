import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpus, makeCorpus } from './corpus.ts';
import type { MutationCounts } from './mutate-parquet.ts';
import type { CorpusOutcome } from './read-corpus.ts';

const run = promisify(execFile);
const child = (script: string, ...parameters: string[]) => run(process.execPath, [join(import.meta.dirname, script), ...parameters], { timeout: 120_000, maxBuffer: 2 ** 26 });

let folder = '';
let outcomes: CorpusOutcome[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-hostile-'));
  await makeCorpus(join(folder, 'corpus'));
  const { stdout } = await child('read-corpus.ts', join(folder, 'corpus'));
  outcomes = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as CorpusOutcome);
}, 150_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('hostile and broken files', () => {
  it('are many, under names of their own', () => {
    expect(corpus.length).toBeGreaterThan(45);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it.each(corpus.map(({ name }, index) => ({ name, index })))('$name: a clear error, or the right rows and the others rejected', ({ index }) => {
    const { outcome } = corpus[index] ?? expect.unreachable();
    const { error, read } = outcomes[index] ?? expect.unreachable();
    if ('code' in outcome) {
      expect(error).toMatchObject({ code: outcome.code, message: expect.stringMatching(outcome.says) as unknown });
      expect(error?.hint).toMatch(/\.$/);
      // What a file holds is repeated without its control characters, a name of a file excepted.
      expect(error?.message).not.toMatch(/[\0-\x08\x0b-\x1f]/);
      return;
    }
    expect(error).toBeUndefined();
    expect(read?.count).toBe(outcome.rows);
    expect(read?.rejected.map(({ line }) => line)).toEqual(outcome.rejected.map(([line]) => line));
    for (const [position, [, reason]] of outcome.rejected.entries()) expect(read?.rejected[position]?.reason).toMatch(reason);
    if (outcome.values !== undefined) expect(read?.rows).toEqual(outcome.values);
  });

  it('are read one after the other within 512 MB', () => {
    expect(Math.max(...outcomes.map(({ maxRss }) => maxRss))).toBeLessThan(512);
  });
});

it('a Parquet file of which bytes were changed is refused or read with all its rows, and never ends the process', async () => {
  const { stdout } = await child('mutate-parquet.ts', '200', '20130101', join(folder, 'mutated'));
  const counts = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as MutationCounts;
  expect(counts.wrong).toBe(0);
  expect(counts.refused + counts.failed + counts.read).toBe(200);
  expect(counts.maxRss).toBeLessThan(512);
}, 120_000);
