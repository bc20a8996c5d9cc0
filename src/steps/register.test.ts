import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegisterScene, type Judged, putEvidence, type RegisterScene, type RegisterWorld } from '../../test/builders/register-scene.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { MemoryImageRegistry } from '../adapters/image-registry/memory.ts';
import { digestOf, hexOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { type EvidenceStatement, evidenceKey, signEvidence } from '../gate/evidence.ts';
import { askImage } from '../packaging/ask-image.ts';
import { systemClock } from '../ports/clock.ts';
import { register, type RegisterInputs, type RegisterPorts } from './register.ts';

type World = RegisterWorld<MemoryArtifactStore, MemoryImageRegistry>;

let scene: RegisterScene;
beforeAll(async () => {
  scene = await createRegisterScene();
});
afterAll(() => scene.close());

const newWorld = (): World => scene.worldOf(new MemoryArtifactStore(), new MemoryImageRegistry());
const judge: RegisterScene['judge'] = (...parts) => scene.judge(...parts);

describe('registering a candidate whose gate passed', () => {
  it('gives version, tag and digest, a record, a tag and a model card', async () => {
    const world = newWorld();
    const { inputs, statement } = await judge(world, 'model a');
    const { verdict, outputs } = await register({ ...inputs, labels: { cause: 'first' } }, world.context);
    expect(verdict.verdict).toBe('pass');
    expect(verdict.checks.map(({ id, verdict: result, sampleSize }) => [id, result, sampleSize])).toEqual([
      ['evidence', 'pass', undefined],
      ['golden-requests', 'pass', 2],
      ['reproducible-image', 'pass', 2],
    ]);
    expect(outputs).toMatchObject({ 'model-version': '1', 'image-tag': 'delay-ml:model_v1' });
    expect(await world.images.resolveTag('model_v1')).toBe(outputs['image-digest']);
    expect(await world.context.registry.version(1)).toMatchObject({
      candidate: inputs.candidate,
      modelDigest: statement.model,
      imageDigest: outputs['image-digest'],
      metrics: { accuracy: { value: 0.9, interval: [0.88, 0.92], sampleSize: 100 } },
      threshold: 0.4,
      labels: { cause: 'first' },
    });
    const card = Buffer.from(world.store.objects.get('registry/flight-delay/versions/000001/MODEL_CARD.md') ?? []).toString('utf8');
    expect(card).toContain('model-index:');
    expect(card).toContain('0.900 [0.880, 0.920]');
    expect(card).toContain(inputs.candidate);
  });

  it('writes a bill of materials, and makes the version the challenger where it is not live yet', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    await register(inputs, world.context);
    const { registry } = world.context;
    const bom = Buffer.from(world.store.objects.get('registry/flight-delay/versions/000001/ml-bom.cdx.json') ?? []).toString('utf8');
    expect(JSON.parse(bom)).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { type: 'machine-learning-model', version: '1' } } });
    expect(await registry.challenger('local')).toMatchObject({ version: 1, epoch: 1, since: (await registry.version(1))?.registeredAt });
    expect(await registry.version(1)).toMatchObject({ parents: [], evidence: { key: evidenceKey(inputs.evaluation), digest: digestOf(world.store.objects.get(evidenceKey(inputs.evaluation)) ?? '') } });
    await registry.promote({ environment: 'local', version: 1, expectedEpoch: 0, commit: 'c', at: '2013-06-01T00:00:00.000Z' });
    await register(inputs, world.context);
    expect(await registry.challenger('local')).toBeUndefined();
    const next = await judge(world, 'model b');
    await register({ ...next.inputs, environment: 'staging' }, world.context);
    expect([await registry.challenger('local'), (await registry.challenger('staging'))?.version]).toEqual([undefined, 2]);
    await register({ ...inputs, environment: 'staging' }, world.context);
    expect((await registry.challenger('staging'))?.version).toBe(2);
  });

  it('asks the very image that it registers', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    const { images } = world;
    const goldenCheck: RegisterPorts['goldenCheck'] = (request) => askImage(request, { images, clock: systemClock, folder: join(scene.workDirectory, 'images'), nodeProgram: process.execPath });
    const { verdict } = await register(inputs, { ...world.context, goldenCheck });
    expect(verdict.checks.find((check) => check.id === 'golden-requests')).toMatchObject({ verdict: 'pass', value: 0, sampleSize: 2 });
  });

  it('counts on, and answers the same version for the same candidate and image', async () => {
    const world = newWorld();
    const first = await judge(world, 'model a');
    const second = await judge(world, 'model b');
    const one = await register(first.inputs, world.context);
    expect((await register(second.inputs, world.context)).outputs['model-version']).toBe('2');
    expect((await register(first.inputs, world.context)).outputs).toEqual(one.outputs);
    expect(await world.context.registry.versions()).toHaveLength(2);
  });

  it('makes a new, labelled version of a test image', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    await register(inputs, world.context);
    const { verdict, outputs } = await register({ ...inputs, imageEnvironment: { SIMULATED_FAULT: 'slow=150ms' } }, world.context);
    expect(outputs['model-version']).toBe('2');
    expect((await world.context.registry.version(2))?.labels).toEqual({ 'simulated-fault': 'SIMULATED_FAULT=slow=150ms' });
    expect(verdict.notes?.[0]).toContain('simulates a fault on purpose');
    const card = Buffer.from(world.store.objects.get('registry/flight-delay/versions/000002/MODEL_CARD.md') ?? []).toString('utf8');
    expect(card).toContain('simulates a fault on purpose');
  });

  it('bakes nothing into the image but the labelled test fault', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    await expect(register({ ...inputs, imageEnvironment: { MODEL_PATH: '/elsewhere' } }, world.context)).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('MODEL_PATH') as string });
  });

  it('registers nothing when the image answers differently, or not at all', async () => {
    const answers: Awaited<ReturnType<RegisterPorts['goldenCheck']>>[] = [
      { kind: 'answered', rows: 2, maximumDifference: 0.01 },
      { kind: 'answered', rows: 2, maximumDifference: Number.NaN },
      { kind: 'answered', rows: 0, maximumDifference: 0 },
      { kind: 'failed', reason: 'it crashed' },
    ];
    for (const answer of answers) {
      const world = newWorld();
      const { inputs } = await judge(world, 'model a');
      const { verdict, outputs } = await register(inputs, { ...world.context, goldenCheck: async () => answer });
      expect([verdict.verdict, outputs['model-version']]).toEqual(['fail', '']);
      expect(await world.context.registry.versions()).toEqual([]);
      expect(await world.images.resolveTag('model_v1')).toBeUndefined();
    }
  });

  it('writes nothing in a dry run', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    const before = [...world.store.objects.keys()];
    const { verdict } = await register({ ...inputs, dryRun: true }, world.context);
    expect(verdict.verdict).toBe('pass');
    expect([[...world.store.objects.keys()], world.images.blobs.size]).toEqual([before, 0]);
  });

  it('refuses an image registry that belongs to another model registry', async () => {
    const world = newWorld();
    const { inputs } = await judge(world, 'model a');
    await world.images.putManifest('model_v1', Buffer.from('{}'));
    await expect(register(inputs, world.context)).rejects.toMatchObject({ code: 'image-tag-taken' });
    expect(await world.context.registry.versions()).toEqual([]);
  });
});

describe('no version without a passed gate bound to its digests', () => {
  const cases: Record<string, { code: string; spoil?: (world: World, judged: Judged) => Promise<unknown>; instead?: (world: World, judged: Judged) => Promise<RegisterInputs> }> = {
    'missing evidence': { code: 'evidence-missing', spoil: async ({ store }, { inputs }) => store.objects.delete(evidenceKey(inputs.evaluation)) },
    'evidence that is no JSON': { code: 'evidence-invalid', spoil: async ({ store }, { inputs }) => store.objects.set(evidenceKey(inputs.evaluation), Buffer.from('{"state')) },
    'evidence that is null': { code: 'evidence-invalid', spoil: ({ store }, { inputs }) => putEvidence(store, inputs.evaluation, null) },
    'unsigned evidence': { code: 'evidence-invalid', spoil: ({ store }, { inputs, statement }) => putEvidence(store, inputs.evaluation, signEvidence(statement, undefined)) },
    'evidence signed by another key': {
      code: 'evidence-invalid',
      spoil: ({ store }, { inputs, statement }) => {
        const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        return putEvidence(store, inputs.evaluation, signEvidence(statement, other));
      },
    },
    'evidence whose outcome was changed': {
      code: 'evidence-invalid',
      spoil: async (world, { inputs, statement }) => {
        const signed = signEvidence({ ...statement, outcome: 'fail' }, scene.privateKey);
        await putEvidence(world.store, inputs.evaluation, { ...signed, statement });
      },
    },
    'evidence of another evaluation under this name': {
      code: 'evidence-invalid',
      spoil: async (world, { inputs }) => {
        const other = await judge(world, 'model other');
        world.store.objects.set(evidenceKey(inputs.evaluation), world.store.objects.get(evidenceKey(other.inputs.evaluation)) ?? Buffer.from(''));
      },
    },
    'the passed evaluation of another candidate': {
      code: 'evidence-invalid',
      instead: async (world, { inputs }) => ({ ...inputs, evaluation: (await judge(world, 'model other')).inputs.evaluation }),
    },
    'evidence of another release of Taxiway': {
      code: 'evidence-invalid',
      spoil: ({ store }, { inputs, statement }) => putEvidence(store, inputs.evaluation, signEvidence({ ...statement, code: digestOf('another release') }, scene.privateKey)),
    },
    'evidence that names no code': {
      code: 'evidence-invalid',
      spoil: ({ store }, { inputs, statement: { code: _, ...old } }) => putEvidence(store, inputs.evaluation, signEvidence(old as EvidenceStatement, scene.privateKey)),
    },
    'evidence about another pipeline file': {
      code: 'evidence-invalid',
      spoil: ({ store }, { inputs, statement }) => putEvidence(store, inputs.evaluation, signEvidence({ ...statement, pipeline: digestOf('another') }, scene.privateKey)),
    },
    'a refused gate': { code: 'gate-not-passed', instead: async (world) => (await judge(world, 'model refused', 'fail')).inputs },
    'an undecided gate': { code: 'gate-not-passed', instead: async (world) => (await judge(world, 'model undecided', 'inconclusive')).inputs },
    'a model file that was changed': {
      code: 'artifact-corrupt',
      spoil: async ({ store }, { statement }) => store.objects.set(`blobs/sha256/${hexOf(statement.model)}`, Buffer.from('evil model')),
    },
    'golden requests that were changed': {
      code: 'artifact-corrupt',
      spoil: async (world, { inputs }) => {
        const evaluation = await world.context.artifacts.read('evaluation', inputs.evaluation);
        world.store.objects.set(`blobs/sha256/${hexOf(evaluation.manifest.files['golden.json']?.digest ?? inputs.evaluation)}`, Buffer.from('{}'));
      },
    },
    'an evaluation that is not there': { code: 'artifact-missing', instead: async (_world, { inputs }) => ({ ...inputs, evaluation: digestOf('nothing') }) },
  };

  it.each(Object.entries(cases))('refuses %s', async (_name, { code, spoil, instead }) => {
    const world = newWorld();
    const judged = await judge(world, 'model a');
    await spoil?.(world, judged);
    const inputs = (await instead?.(world, judged)) ?? judged.inputs;
    await expect(register(inputs, world.context)).rejects.toMatchObject({ code });
    expect(await world.context.registry.versions()).toEqual([]);
    expect(world.images.tags.size).toBe(0);
  });
});

describe('a crash at any effect, then register again', () => {
  /** Fails at the n-th call to a registry of images: before it, or after it with the answer lost. */
  class FailingImageRegistry extends MemoryImageRegistry {
    private readonly around: () => void;
    constructor(around: () => void) {
      super();
      this.around = around;
    }
    override hasBlob(digest: string): Promise<boolean> {
      return this.guarded(() => super.hasBlob(digest));
    }
    override putBlob(digest: string, source: Uint8Array | { readonly path: string }): Promise<void> {
      return this.guarded(() => super.putBlob(digest, source));
    }
    override readBlob(digest: string): Promise<Uint8Array | undefined> {
      return this.guarded(() => super.readBlob(digest));
    }
    override putManifest(tag: string, manifest: Uint8Array): Promise<string> {
      return this.guarded(() => super.putManifest(tag, manifest));
    }
    override resolveTag(tag: string): Promise<string | undefined> {
      return this.guarded(() => super.resolveTag(tag));
    }
    private async guarded<T>(act: () => Promise<T>): Promise<T> {
      this.around();
      const answer = await act();
      this.around();
      return answer;
    }
  }

  /** All that lies anywhere, byte for byte. */
  function everything({ store, images }: World): unknown {
    const texts = (found: ReadonlyMap<string, Uint8Array>): [string, string][] => [...found].map(([key, body]): [string, string] => [key, digestOf(body)]).sort();
    return { objects: texts(store.objects), blobs: texts(images.blobs), tags: [...images.tags].sort() };
  }

  async function crashAt(moment: number): Promise<{ state: unknown; moments: number }> {
    let moments = Number.NaN;
    const around = (): void => {
      moments += 1;
      if (moments === moment) throw new Error('killed');
    };
    const world = scene.worldOf(new MemoryArtifactStore(around), new FailingImageRegistry(around));
    const { inputs } = await judge(world, 'model a');
    moments = 0;
    await register(inputs, world.context).catch((error: unknown) => {
      // After there is a version, it is said which.
      const cause = error instanceof UserError && error.code === 'registration-incomplete' ? error.cause : error;
      if (!(cause instanceof Error) || cause.message !== 'killed') throw error;
    });
    const counted = moments;
    moments = Number.NaN;
    const { outputs, verdict } = await register(inputs, world.context);
    return { state: [outputs, verdict, everything(world)], moments: counted };
  }

  it('converges to the same state: record, image, tag, card, bill of materials and challenger, byte for byte', async () => {
    const undisturbed = await crashAt(0);
    expect(undisturbed.moments).toBeGreaterThan(80);
    for (let moment = 1; moment <= undisturbed.moments; moment += 1) {
      expect([moment, (await crashAt(moment)).state]).toEqual([moment, undisturbed.state]);
    }
  });

  it('gives two candidates that are registered at once a version each, whose images say so', async () => {
    const world = newWorld();
    const judged = [await judge(world, 'model a'), await judge(world, 'model b')];
    const results = await Promise.all(judged.map(({ inputs }) => register(inputs, world.context)));
    expect(results.map(({ outputs }) => outputs['model-version']).sort()).toEqual(['1', '2']);
    for (const { outputs } of results) {
      const version = await world.context.registry.version(Number(outputs['model-version']));
      expect(version?.imageDigest).toBe(outputs['image-digest']);
      const { config } = JSON.parse(Buffer.from(world.images.blobs.get(outputs['image-digest']) ?? []).toString('utf8')) as { config: { digest: string } };
      expect(Buffer.from(world.images.blobs.get(config.digest) ?? []).toString('utf8')).toContain(`MODEL_VERSION=${outputs['model-version']}`);
    }
  });
});
