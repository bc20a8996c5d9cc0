import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { servingBundle } from '../../test/builders/serving-bundle.ts';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import { type Clock, systemClock } from '../ports/clock.ts';
import { askImage } from './ask-image.ts';
import { compareGoldenAnswer, type GoldenCheckRequest, type GoldenCheckResult } from './golden-check.ts';
import { packageModel } from './package-model.ts';
import { buildServingBase } from './serving-base.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const rows = [0.1, 0.25, 0.7].map((x) => ({ columns: { x }, probability: x }));
const model = Buffer.from('model bytes');

async function askTiny(environment: Record<string, string>, clock: Clock = systemClock): Promise<GoldenCheckResult> {
  const { folder, inputs } = await servingBundle();
  const into = await mkdtemp(join(tmpdir(), 'ask-image-'));
  folders.push(folder, into);
  const images = new MemoryImageRegistry();
  const base = await buildServingBase(images, inputs);
  const { digest, modelDigest } = await packageModel(images, { base, model, version: 1, labels: {}, environment });
  return askImage({ imageDigest: digest, modelDigest, rows }, { images, clock, folder: into, nodeProgram: process.execPath });
}

/** Its first `sleep` takes an hour. */
function impatientClock(): Clock {
  let time = 0;
  return { now: () => time, sleep: async () => void (time += 3_600_000) };
}

describe('asking an image its golden requests', () => {
  it('says how far its answers are from what the gate saw', async () => {
    expect(await askTiny({})).toEqual({ kind: 'answered', rows: 3, maximumDifference: 0 });
    const skewed = await askTiny({ SIMULATED_FAULT: 'skew' });
    expect(skewed.kind === 'answered' ? skewed.maximumDifference : skewed).toBeCloseTo(0.2, 9);
  });

  it('says what an image that ends at once wrote', async () => {
    expect(await askTiny({ SIMULATED_FAULT: 'crash' })).toEqual({ kind: 'failed', reason: 'the image ended before it was ready: simulated crash' });
  });

  it('gives up on an image that never gets ready', async () => {
    expect(await askTiny({ SIMULATED_FAULT: 'unready' }, impatientClock())).toEqual({ kind: 'failed', reason: 'the image was not ready in time' });
  });
});

describe('comparing an answer', () => {
  const request: GoldenCheckRequest = { imageDigest: digestOf('image'), modelDigest: digestOf('model'), rows };
  const answer = { model: { digest: digestOf('model') }, predictions: rows.map(({ probability }) => ({ probability })) };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['another shape', { predictions: [] }],
    ['another model', { ...answer, model: { digest: digestOf('other') } }],
    ['too few rows', { ...answer, predictions: answer.predictions.slice(1) }],
    ['a missing score', { ...answer, predictions: [...answer.predictions.slice(1), { probability: null }] }],
    ['a score that is no probability', { ...answer, predictions: [...answer.predictions.slice(1), { probability: 1.5 }] }],
  ])('fails closed on %s', (_what, body) => {
    expect(compareGoldenAnswer(body, request).kind).toBe('failed');
  });
});
