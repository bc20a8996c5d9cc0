import { describe, expect, it } from 'vitest';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import { Study } from '../tuning/study.ts';
import { tuningSchema } from '../pipeline/schema/tuning.ts';
import type { Check } from '../verdict/verdict.ts';
import { readCandidate } from './candidate.ts';
import { lineageCheck } from './lineage-check.ts';

/** Calibrated until the first of the month, tested on all of it. */
const windowOf = (month: number): TrainingWindow => {
  const day = (past: number): string => `2013-${String(month - past).padStart(2, '0')}-01`;
  return { fit: { from: day(2), to: day(1) }, calibrate: { from: day(1), to: day(0) }, test: { from: day(0), to: day(-1) } };
};

function scene() {
  const store = new MemoryArtifactStore();
  const artifacts = new ArtifactRepository(store);
  const model = Buffer.from('model');
  const candidate = async (month: number, more: { readonly warmStart?: Digest; readonly study?: string } = {}): Promise<Digest> => {
    const { digest } = await artifacts.write({
      kind: 'candidate',
      files: { 'model.onnx': model },
      parents: { dataset: digestOf('dataset'), ...(more.warmStart === undefined ? {} : { 'warm-start': more.warmStart }) },
      metadata: { pipeline: digestOf('pipeline'), window: windowOf(month), threshold: 0.5, modelDigest: digestOf(model), ...(more.study === undefined ? {} : { tuned: { study: more.study, trial: 1 } }) },
    });
    return digest;
  };
  const study = async (name: string, month: number | undefined): Promise<string> => {
    const { objective, sampler, pruner, parameters } = tuningSchema.parse({ trials: 1, parameters: { 'optimizer.learning-rate': { type: 'float', low: 0.1, high: 1 } } });
    const record = { schema: 'taxiway/study/v1' as const, pipeline: 'flights', study: name, pipelineDigest: digestOf('pipeline'), dataset: digestOf('dataset'), basis: digestOf('basis'), seed: 1, objective, sampler, pruner, space: parameters };
    await Study.join(store, month === undefined ? record : { ...record, window: windowOf(month) });
    return name;
  };
  const check = async (digest: Digest): Promise<Check[]> => lineageCheck(await readCandidate(artifacts, digest), { artifacts, store, pipeline: 'flights' });
  return { candidate, study, check };
}

describe('the lineage of a candidate', () => {
  it('is no check where it began by itself', async () => {
    const { candidate, check } = scene();
    expect(await check(await candidate(5))).toEqual([]);
  });

  it('passes where every warm start and study ended before the test window', async () => {
    const { candidate, study, check } = scene();
    const parent = await candidate(5, { study: await study('spring', 4), warmStart: await candidate(3) });
    expect(await check(await candidate(5, { warmStart: parent }))).toMatchObject([{ id: 'lineage', verdict: 'pass', value: 0, sampleSize: 3 }]);
  });

  it('fails where a warm start, at any distance, has seen a test row', async () => {
    const { candidate, check } = scene();
    const later = await candidate(6);
    expect(await check(await candidate(5, { warmStart: later }))).toMatchObject([{ verdict: 'fail', severity: 'error', value: 1 }]);
    expect(await check(await candidate(5, { warmStart: await candidate(4, { warmStart: later }) }))).toMatchObject([{ verdict: 'fail', severity: 'error', value: 1 }]);
  });

  it('fails where the study that it, or its warm start, was tuned by has seen a test row', async () => {
    const { candidate, study, check } = scene();
    const name = await study('summer', 6);
    expect(await check(await candidate(5, { study: name }))).toMatchObject([{ verdict: 'fail', message: expect.stringContaining('study summer saw rows up to 2013-06-01') as string }]);
    expect(await check(await candidate(5, { warmStart: await candidate(5, { study: name }) }))).toMatchObject([{ verdict: 'fail' }]);
  });

  it('decides nothing where a warm start or study is gone, or a study does not name its window', async () => {
    const { candidate, study, check } = scene();
    for (const more of [{ warmStart: digestOf('gone') }, { study: 'gone' }, { study: await study('old', undefined) }]) {
      expect(await check(await candidate(5, more))).toMatchObject([{ verdict: 'inconclusive', severity: 'error', value: null }]);
    }
  });
});
