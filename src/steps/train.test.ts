import { describe, expect, it } from 'vitest';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { smallPipeline, trainingContext, writeFlights } from '../../test/builders/training-scene.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { MemoryArtifactStore, type StoreCall } from '../adapters/artifact-store/memory.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import { readModelThreshold } from '../delaynet/model-description.ts';
import { parseReferenceProfile } from '../drift/reference-profile.ts';
import { UserError } from '../errors.ts';
import { readCandidate } from '../gate/candidate.ts';
import { readModelMetadata } from '../onnx/model-metadata.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import { type Logger, silentLogger } from '../ports/logger.ts';
import { train, type TrainInputs } from './train.ts';

const pipeline = await smallPipeline();
const first = new MemoryArtifactStore();
const dataset = await writeFlights(new ArtifactRepository(first));
const inputs: TrainInputs = { dataset, warmStart: undefined, championEnvironment: undefined };
const plain = await train(inputs, trainingContext({ store: first, pipeline }));
/** The store as it was before any training: the dataset alone. */
const datasetOnly = (): Map<string, Uint8Array> => new Map([...first.objects].filter(([key]) => !key.startsWith('checkpoints/') && !key.startsWith('artifacts/candidate/')));

async function recordOf(store: MemoryArtifactStore, digest: Digest): Promise<Record<string, unknown>> {
  const artifacts = new ArtifactRepository(store);
  return (await artifacts.json(await artifacts.read('candidate', digest), 'training.json')) as Record<string, unknown>;
}

interface Told extends Logger {
  readonly lines: string[];
}

function tellingLogger(): Told {
  const lines: string[] = [];
  return { ...silentLogger, lines, info: (line) => void lines.push(line), warn: (line) => void lines.push(`warning: ${line}`) };
}

/** Not a UserError: nothing in the step may catch it. */
class Killed extends Error {}

/** Throws around the `times`-th call that matches. */
function killAt(matches: (call: StoreCall) => boolean, times: number): (call: StoreCall) => void {
  let seen = 0;
  return (call) => {
    if (matches(call)) seen += 1;
    if (matches(call) && seen === times) throw new Killed();
  };
}

const isCheckpoint = (phase: StoreCall['phase']) => (call: StoreCall) => call.operation === 'replace' && call.key.startsWith('checkpoints/') && call.phase === phase;

describe('the first candidate', () => {
  it('carries model, state, profile, record and the baselines, and its digests lead to them', async () => {
    const { artifact, metadata, model } = await readCandidate(new ArtifactRepository(first), plain.outputs.candidate);
    expect(Object.keys(artifact.manifest.files).sort()).toEqual(['baseline-logistic-regression.onnx', 'model.onnx', 'profile.json', 'state.bin', 'training.json']);
    expect(artifact.manifest.parents).toEqual({ dataset });
    expect(digestOf(model)).toBe(plain.outputs.model);
    expect(readModelThreshold(model)).toBe(metadata.threshold);
    expect(readModelMetadata(model)).toMatchObject({ 'taxiway.dataset-query-digest': digestOf(pipeline.datasetQuery) });
    const artifacts = new ArtifactRepository(first);
    expect(parseReferenceProfile(await artifacts.json(artifact, 'profile.json')).threshold).toBe(metadata.threshold);
  });

  it('is recorded with its engine, classes, unknown categories and settings', async () => {
    const record = await recordOf(first, plain.outputs.candidate);
    expect(record).toMatchObject({ engine: 'onnxruntime', thresholdPolicy: 'recall', hyperparameters: { seed: 2013, sampling: { type: 'none' } }, classes: { fit: { rows: 1800 }, calibrate: { rows: 600 } } });
    // One row in 300 has a carrier of its own kind, too rare for the embedding.
    expect(record['unknownCategories']).toEqual([expect.objectContaining({ column: 'carrier', rows: 600, rare: 2 })]);
    expect(record['history']).toHaveLength(4);
  });

  it('is told with its metrics, the baselines beside it and both losses by epoch', () => {
    const { checks, charts, verdict, notes } = plain.verdict;
    expect(verdict).toBe('pass');
    const values = Object.fromEntries(checks.map(({ id, value }) => [id, value]));
    expect(values['calibration-rocAuc']).toBeGreaterThan(Number(values['rule-rocAuc']));
    expect(values).toHaveProperty('logistic-regression-rocAuc');
    expect(charts?.[0]?.series.map(({ name, points }) => [name, points.length])).toEqual([['training', 4], ['calibration', 4], ['logistic regression, calibration', 4]]);
    expect(notes?.join(' ')).toMatch(/Engine: .*\. \d+\.\d % of 1,800 fit rows are positive/);
  });

  it('comes out the same again, and the checkpoint that is left is empty', async () => {
    const store = new MemoryArtifactStore(undefined, datasetOnly());
    const logger = tellingLogger();
    expect((await train(inputs, trainingContext({ store, pipeline, logger }))).outputs).toEqual(plain.outputs);
    expect((await train(inputs, trainingContext({ store, pipeline, logger }))).outputs).toEqual(plain.outputs);
    expect(logger.lines.filter((line) => line.startsWith('Going on'))).toEqual([]);
    expect([...store.objects].filter(([key]) => key.startsWith('checkpoints/')).map(([, body]) => body.length)).toEqual([0]);
  });

  it('has one digest on every machine, which its maker records beside it', async () => {
    const store = new MemoryArtifactStore(undefined, datasetOnly());
    const maker = { commit: 'c'.repeat(40), machine: 'Abacus 3000, linux x64, Node 24.0.0', now: () => 0 };
    const { outputs, verdict } = await train(inputs, trainingContext({ store, pipeline, maker, engine: onnxRuntimeEngine(2) }));
    expect(outputs).toEqual(plain.outputs);
    expect(verdict.notes?.[0]).toContain('Abacus 3000');
    const [key = ''] = await store.list('provenance/candidate/');
    expect(JSON.parse(Buffer.from(store.objects.get(key) ?? []).toString('utf8'))).toMatchObject({ machine: maker.machine, engine: expect.any(String) as string });
  });

  it('names the trial that its settings come from', async () => {
    const store = new MemoryArtifactStore(undefined, datasetOnly());
    const { outputs } = await train({ ...inputs, tuned: { study: 'spring', trial: 7 } }, trainingContext({ store, pipeline }));
    const { artifact } = await readCandidate(new ArtifactRepository(store), outputs.candidate);
    expect(artifact.manifest.metadata['tuned']).toEqual({ study: 'spring', trial: 7 });
  });
});

describe('a challenger', () => {
  it('chooses its threshold for the gains over what is live, and fits no baselines', async () => {
    const store = new MemoryArtifactStore(undefined, new Map(first.objects));
    const context = trainingContext({ store, pipeline: await smallPipeline({ seed: 6 }) });
    const version = await context.registry.register(versionDraft('live', { candidate: plain.outputs.candidate }));
    await context.registry.promote({ environment: 'local', version: version.version, expectedEpoch: 0, commit: '0'.repeat(40), at: '2013-06-01T00:00:00Z' });
    const alone = await train(inputs, context);
    const challenger = await train({ ...inputs, championEnvironment: 'local' }, context);
    const { artifact, metadata } = await readCandidate(context.artifacts, challenger.outputs.candidate);
    expect(artifact.manifest.parents['champion']).toBe(plain.outputs.candidate);
    expect(await recordOf(store, challenger.outputs.candidate)).toMatchObject({ thresholdPolicy: 'gains over the champion' });
    expect(Object.keys(artifact.manifest.files).filter((name) => name.startsWith('baseline'))).toEqual([]);
    expect(metadata.threshold).not.toBe((await readCandidate(context.artifacts, alone.outputs.candidate)).metadata.threshold);
  });

  it.each([['in the snapshot', false], ['not even in the snapshot', true]])('may drop a feature that the live model reads and that is %s', async (_where, gone) => {
    const store = new MemoryArtifactStore(undefined, new Map(first.objects));
    const features = pipeline.definition.features.map((feature) => (feature.transform === 'quantile-normal' ? { ...feature, columns: ['departure_delay'] } : feature));
    const narrow = { ...pipeline, definition: { ...pipeline.definition, features } };
    const context = trainingContext({ store, pipeline: narrow });
    const version = await context.registry.register(versionDraft('live', { candidate: plain.outputs.candidate }));
    await context.registry.promote({ environment: 'local', version: version.version, expectedEpoch: 0, commit: '0'.repeat(40), at: '2013-06-01T00:00:00Z' });
    const readRows: typeof context.readRows = (paths, request) => context.readRows(paths, { ...request, optional: (request.optional ?? []).filter((name) => !gone || name !== 'wind_speed') });
    const { outputs, verdict } = await train({ ...inputs, championEnvironment: 'local' }, { ...context, readRows });
    expect(await recordOf(store, outputs.candidate)).toMatchObject({ thresholdPolicy: 'gains over the champion' });
    expect(verdict.notes?.filter((note) => note.includes('wind_speed: the champion was asked with this input missing'))).toHaveLength(gone ? 1 : 0);
  });

  it('is a first candidate where nothing is live yet', async () => {
    const store = new MemoryArtifactStore(undefined, datasetOnly());
    expect((await train({ ...inputs, championEnvironment: 'local' }, trainingContext({ store, pipeline }))).outputs).toEqual(plain.outputs);
  });

  it('begins near where the warm start ended', async () => {
    const store = new MemoryArtifactStore(undefined, new Map(first.objects));
    const { outputs } = await train({ ...inputs, warmStart: plain.outputs.candidate }, trainingContext({ store, pipeline }));
    const losses = async (digest: Digest): Promise<number[]> => ((await recordOf(store, digest))['history'] as { calibrationLoss: number }[]).map(({ calibrationLoss }) => calibrationLoss);
    expect((await losses(outputs.candidate))[0]).toBeLessThan((await losses(plain.outputs.candidate))[1] ?? 0);
    expect((await new ArtifactRepository(store).read('candidate', outputs.candidate)).manifest.parents['warm-start']).toBe(plain.outputs.candidate);
  });
});

describe('a training that was cut', async () => {
  const pipeline = await smallPipeline({ baselines: [] });
  const plain = await train(inputs, trainingContext({ store: new MemoryArtifactStore(undefined, datasetOnly()), pipeline }));
  const fresh = (intercept?: (call: StoreCall) => void): MemoryArtifactStore => new MemoryArtifactStore(intercept, datasetOnly());

  it.each([1, 2, 3, 4])('goes on after epoch %i to the very same candidate', async (epoch) => {
    const killed = fresh(killAt(isCheckpoint('after'), epoch));
    await expect(train(inputs, trainingContext({ store: killed, pipeline }))).rejects.toThrow(Killed);
    const logger = tellingLogger();
    const { outputs } = await train(inputs, trainingContext({ store: new MemoryArtifactStore(undefined, killed.objects), pipeline, logger }));
    expect(outputs).toEqual(plain.outputs);
    expect(logger.lines).toContain(`Going on after epoch ${epoch}.`);
  });

  it.each<[string, (call: StoreCall) => boolean]>([
    ['before the checkpoint is written', isCheckpoint('before')],
    ['while the candidate is written', ({ key, phase }) => key.startsWith('blobs/') && phase === 'after'],
    ['when the candidate was written and the answer is lost', ({ operation, key, phase }) => operation === 'create' && key.startsWith('artifacts/candidate/') && phase === 'after'],
  ])('and comes to the same candidate when cut %s', async (_, matches) => {
    // The third: past reads of the dataset, and past two epochs.
    const killed = fresh(killAt((call) => call.operation !== 'localFile' && matches(call), matches({ operation: 'create', key: 'artifacts/candidate/x', phase: 'after' }) ? 1 : 3));
    await expect(train(inputs, trainingContext({ store: killed, pipeline }))).rejects.toThrow(Killed);
    expect((await train(inputs, trainingContext({ store: new MemoryArtifactStore(undefined, killed.objects), pipeline }))).outputs).toEqual(plain.outputs);
  });

  it('is cut by its engine in the middle of an epoch and loses that epoch only', async () => {
    const real = onnxRuntimeEngine();
    let runs = 0;
    const failing = {
      ...real,
      openSession: async (model: Uint8Array) => {
        const session = await real.openSession(model);
        return { ...session, run: (feeds: Parameters<typeof session.run>[0]) => ('targets' in feeds && ++runs === 6 ? Promise.reject(new Killed()) : session.run(feeds)) };
      },
    };
    const store = fresh();
    await expect(train(inputs, trainingContext({ store, pipeline, engine: failing }))).rejects.toThrow(Killed);
    const logger = tellingLogger();
    expect((await train(inputs, trainingContext({ store, pipeline, logger }))).outputs).toEqual(plain.outputs);
    // 1,800 rows in batches of 128: two runs an epoch, the second for the last partial batch.
    expect(logger.lines).toContain('Going on after epoch 2.');
  });

  it('begins anew, with a warning, where the checkpoint is damaged', async () => {
    const killed = fresh(killAt(isCheckpoint('after'), 2));
    await expect(train(inputs, trainingContext({ store: killed, pipeline }))).rejects.toThrow(Killed);
    const [key = ''] = [...killed.objects.keys()].filter((name) => name.startsWith('checkpoints/'));
    killed.objects.set(key, (killed.objects.get(key) ?? new Uint8Array()).slice(0, -5));
    const logger = tellingLogger();
    expect((await train(inputs, trainingContext({ store: new MemoryArtifactStore(undefined, killed.objects), pipeline, logger }))).outputs).toEqual(plain.outputs);
    expect(logger.lines.filter((line) => line.startsWith('warning') && line.includes('damaged'))).toHaveLength(1);
  });

  it.each(['replace', 'read'] as const)('trains all the same where the store refuses to %s a checkpoint', async (operation) => {
    const store = fresh((call) => {
      if (call.operation === operation && call.key.startsWith('checkpoints/') && call.phase === 'before') throw new UserError('store-denied', 'no');
    });
    const logger = tellingLogger();
    expect((await train(inputs, trainingContext({ store, pipeline, logger }))).outputs).toEqual(plain.outputs);
    expect(logger.lines.some((line) => line.startsWith('warning: The checkpoint'))).toBe(true);
  });

  it('never goes on with the state of another training', async () => {
    const killed = fresh(killAt(isCheckpoint('after'), 2));
    await expect(train(inputs, trainingContext({ store: killed, pipeline }))).rejects.toThrow(Killed);
    const logger = tellingLogger();
    const other = { store: new MemoryArtifactStore(undefined, killed.objects), logger, pipeline: await smallPipeline({ seed: 99, baselines: [] }) };
    await train(inputs, trainingContext(other));
    expect(logger.lines.filter((line) => line.startsWith('Going on'))).toEqual([]);
  });
});

it('a rule may rank by a column that is no feature', async () => {
  const [store, other] = [new MemoryArtifactStore(undefined, datasetOnly()), await smallPipeline({ baselines: [{ type: 'rule', column: 'wind_speed', threshold: 15 }], 'maximum-epochs': 1 })];
  const features = pipeline.definition.features.filter(({ transform }) => transform !== 'quantile-normal');
  const { verdict } = await train(inputs, trainingContext({ store, pipeline: { ...other, definition: { ...other.definition, features } } }));
  expect(verdict.checks.map(({ id }) => id)).toContain('rule-rocAuc');
});

describe('what cannot be trained on', () => {
  const store = new MemoryArtifactStore(undefined, datasetOnly());
  const refusal = (code: string, message: RegExp): unknown => expect.objectContaining({ code, message: expect.stringMatching(message) as string, hint: expect.any(String) as string });

  it('a digest that names nothing', async () => {
    await expect(train({ ...inputs, dataset: digestOf('nothing') }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('artifact-missing', /no clean-snapshot/));
  });

  it('a dataset without rows of a window', async () => {
    const april = await writeFlights(new ArtifactRepository(store), { from: 90, to: 120 });
    await expect(train({ ...inputs, dataset: april }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('training-data-invalid', /fit window 2013-01-01 to 2013-04-01/));
    const winter = await writeFlights(new ArtifactRepository(store), { to: 60 });
    await expect(train({ ...inputs, dataset: winter }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('training-data-invalid', /calibrate window 2013-04-01 to 2013-05-01/));
  });

  it('rows of one class', async () => {
    const late = await writeFlights(new ArtifactRepository(store), { label: () => 1 });
    await expect(train({ ...inputs, dataset: late }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('training-data-invalid', /need both labels, but 1800 of 1800 are positive/));
  });

  it('a warm start that is no candidate', async () => {
    await expect(train({ ...inputs, warmStart: dataset }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('artifact-missing', /no candidate/));
  });

  it('a warm start that has seen test rows, itself or through the one that it began from', async () => {
    const artifacts = new ArtifactRepository(store);
    await train(inputs, trainingContext({ store, pipeline }));
    const { manifest } = await artifacts.read('candidate', plain.outputs.candidate);
    const again = async (window: TrainingWindow, parents: Record<string, Digest>): Promise<Digest> => {
      const state = await artifacts.bytes(await artifacts.read('candidate', plain.outputs.candidate), 'state.bin');
      return (await artifacts.write({ kind: 'candidate', files: { 'state.bin': state }, parents: { dataset, ...parents }, metadata: { ...manifest.metadata, window } })).digest;
    };
    const may = await again({ fit: { from: '2013-04-01', to: '2013-05-01' }, calibrate: { from: '2013-05-01', to: '2013-05-02' }, test: { from: '2013-06-01', to: '2013-07-01' } }, {});
    const innocent = await again({ fit: { from: '2013-01-01', to: '2013-02-01' }, calibrate: { from: '2013-02-01', to: '2013-03-01' }, test: { from: '2013-03-01', to: '2013-04-01' } }, { 'warm-start': may });
    for (const warmStart of [may, innocent]) {
      await expect(train({ ...inputs, warmStart }, trainingContext({ store, pipeline }))).rejects.toThrow(refusal('warm-start-mismatch', /saw rows up to 2013-05-02, and the test window begins on 2013-05-01/));
    }
  });

  it('a learning rate at which the loss leaves the numbers', async () => {
    const wild = await smallPipeline({ optimizer: { type: 'adam', 'learning-rate': 1e30 } });
    await expect(train(inputs, trainingContext({ store, pipeline: wild }))).rejects.toThrow(refusal('training-diverged', /epoch 1/));
  });

  it('never reads a row of the test window', async () => {
    const context = trainingContext({ store: new MemoryArtifactStore(undefined, datasetOnly()), pipeline });
    const latest: number[] = [];
    const readRows: typeof context.readRows = async (paths, request) => {
      const table = await context.readRows(paths, request);
      latest.push(Math.max(...(table.numbers.get('scheduled_departure') ?? [])));
      return table;
    };
    await train(inputs, { ...context, readRows });
    expect(latest).toHaveLength(2);
    expect(Math.max(...latest)).toBeLessThan(Date.parse('2013-05-01T00:00:00Z'));
  });
});
