import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPipeline } from './load-pipeline.ts';

const real = 'pipelines/flight-delay/pipeline.yaml';
const plain = await loadPipeline(real);

describe('a preset', () => {
  it('document: the settings of the document, on every feature column of the pipeline', async () => {
    const { definition, preset, digest } = await loadPipeline(real, { preset: 'document' });
    expect(preset).toBe('document');
    expect(definition.features.map(({ transform }) => transform)).toEqual(['min-max', 'one-hot']);
    const columns = (features: typeof definition.features) => new Set(features.flatMap((feature) => feature.columns));
    expect(columns(definition.features)).toEqual(columns(plain.definition.features));
    expect(definition.training).toMatchObject({
      loss: { type: 'focal' },
      optimizer: { type: 'adam', 'learning-rate': 0.001, 'weight-decay': 0.00001 },
      'batch-size': 1024,
      patience: 10,
      network: { head: { type: 'sigmoid' } },
      seed: plain.definition.training.seed,
      threshold: plain.definition.training.threshold,
    });
    expect(definition.tuning).toBeUndefined();
    expect(digest).not.toBe(plain.digest);
  });

  it('document-smote differs from document in sampling and loss only', async () => {
    const [focal, smote] = [await loadPipeline(real, { preset: 'document' }), await loadPipeline(real, { preset: 'document-smote' })];
    expect({ ...smote.definition.training, sampling: focal.definition.training.sampling, loss: focal.definition.training.loss }).toEqual(focal.definition.training);
    expect(smote.definition.training).toMatchObject({ sampling: { type: 'smote', neighbours: 5, ratio: 1 }, loss: { type: 'cross-entropy' } });
    expect(smote.definition.features).toEqual(focal.definition.features);
  });

  it('plain keeps the features and everything it does not name', async () => {
    const { definition } = await loadPipeline(real, { preset: 'plain' });
    expect(definition.features).toEqual(plain.definition.features);
    expect(definition.training).toMatchObject({ network: { head: { type: 'sigmoid' } }, 'batch-size': plain.definition.training['batch-size'], seed: plain.definition.training.seed });
    expect(definition.gate).toEqual(plain.definition.gate);
  });
});

describe('a mistake in a preset', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preset-'));
    await cp('pipelines/flight-delay', folder, { recursive: true });
    const write = (name: string, text: string): Promise<void> => writeFile(join(folder, 'presets', `${name}.yaml`), `schema: taxiway/preset/v1\ndescription: x\n${text}`);
    await write('late', 'training:\n  network: { layers: [], head: { type: delay, observed: arrival_delay, target: arrival_delay, cut: 15 } }\n');
    await write('unknown', 'training: { momentum: 1 }\n');
    await write('window', 'training: { window: other.yaml }\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['late', /late\.yaml:4:\d+ training\.network\.head\.observed: found "arrival_delay", known at landed/],
    ['unknown', /unknown\.yaml:3:\d+ training: unknown key "momentum"/],
    ['window', /window\.yaml:3:\d+ training: unknown key "window"/],
  ])('%s is named with its place', async (preset, says) => {
    await expect(loadPipeline(join(folder, 'pipeline.yaml'), { preset })).rejects.toMatchObject({ code: 'pipeline-invalid', message: expect.stringMatching(says) as string });
  });

  it.each(['documents', '../pipeline', ''])('a name that no preset has (%s) is refused with those there are', async (preset) => {
    await expect(loadPipeline(real, { preset })).rejects.toMatchObject({ code: 'pipeline-missing', message: expect.stringMatching(/allowed: document, document-smote, plain/) as string });
  });
});
